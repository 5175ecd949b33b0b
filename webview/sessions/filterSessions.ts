/** Which sessions of the list are meant, and in which order. */
import type { SessionInfo, SessionPhase } from '../../src/protocol/panel.ts';
import { parseTags } from '../../src/protocol/sessionTags.ts';

export interface SessionFilter {
  readonly search: string;
  /** null: whatever tags they have. */
  readonly tag: string | null;
}

export interface Sessions {
  /** The search is found in the title, the first prompt or the tags. */
  readonly named: readonly SessionInfo[];
  /** It is found in what was said. */
  readonly said: readonly SessionInfo[];
}

/** `saidIn`: ids of sessions in which the words were said. */
export function filterSessions(
  sessions: readonly SessionInfo[],
  { search, tag }: SessionFilter,
  saidIn: readonly string[],
): Sessions {
  const tagged = sessions.filter((session) => tag === null || hasTag(session, tag));
  const named = tagged.filter((session) => matches(session, search));
  const said = tagged.filter((session) => saidIn.includes(session.sessionId) && !named.includes(session));
  return { named, said };
}

/** Of all of them, by the alphabet. */
export function listTags(sessions: readonly SessionInfo[]): readonly string[] {
  const tags = new Map<string, string>();
  for (const { tag } of sessions) {
    for (const each of parseTags(tag)) if (!tags.has(each.toLowerCase())) tags.set(each.toLowerCase(), each);
  }
  return [...tags.values()].sort((left, right) => left.localeCompare(right));
}

/** What the window knows of its own sessions is newer than what their transcripts say. */
export function phaseOf(
  { sessionId, phase }: SessionInfo,
  ofWindow: Readonly<Record<string, SessionPhase>> | undefined,
): SessionPhase | undefined {
  return ofWindow?.[sessionId] ?? phase;
}

function hasTag({ tag }: SessionInfo, wanted: string): boolean {
  return parseTags(tag).some((each) => each.toLowerCase() === wanted.toLowerCase());
}

/** Every word of the search occurs somewhere. */
function matches({ summary, customTitle, firstPrompt, tag }: SessionInfo, search: string): boolean {
  const text = [summary, customTitle, firstPrompt, tag].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
