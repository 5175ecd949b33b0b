/** The list of sessions, from the first and last bytes of each transcript: a long one isn't read to be listed. */
import type { SessionInfo } from '../../protocol/panel.ts';
import { blocksOf } from './conversation.ts';
import { parseTranscript } from './parseTranscript.ts';
import type { ChainLine } from './transcriptLine.ts';
import type { TranscriptEntry, TranscriptStore } from './transcriptStore.ts';

const PEEK_BYTES = 64 * 1024;
const TITLE_LENGTH = 80;

/** Sessions with at least one prompt, newest first. */
export async function listSessions(store: TranscriptStore): Promise<readonly SessionInfo[]> {
  const entries = await store.list();
  const infos = await Promise.all(entries.map((entry) => readInfo(store, entry)));
  return infos.filter((info) => info !== undefined);
}

async function readInfo(store: TranscriptStore, entry: TranscriptEntry): Promise<SessionInfo | undefined> {
  const { head, tail } = await store.peek(entry.sessionId, PEEK_BYTES);
  const first = firstPrompt(head);
  const customTitle = lastCustomTitle(tail) ?? lastCustomTitle(head);
  if (first === undefined && customTitle === undefined) return undefined;
  return {
    ...entry,
    summary: customTitle ?? toTitle(first?.text ?? ''),
    ...(first === undefined ? {} : { firstPrompt: first.text, createdAt: Date.parse(first.line.timestamp) }),
    ...(customTitle === undefined ? {} : { customTitle }),
  };
}

function firstPrompt(head: Uint8Array): { readonly line: ChainLine; readonly text: string } | undefined {
  for (const { kind, line } of parseTranscript(head).lines.filter((entry) => entry.kind === 'chain')) {
    if (kind !== 'chain' || line.type !== 'user' || line.isSynthetic === true) continue;
    const text = promptText(line);
    if (text !== '') return { line, text };
  }
  return undefined;
}

/** What a person typed, without attachments and tool results. */
export function promptText(line: ChainLine): string {
  return blocksOf(line)
    .flatMap((block) => (block.type === 'text' ? [block.text] : []))
    .join('\n')
    .trim();
}

/** The first line of a prompt, cut to the length of a list entry. */
export function toTitle(text: string): string {
  const line =
    text
      .split('\n')
      .find((part) => part.trim() !== '')
      ?.trim() ?? '';
  return line.length <= TITLE_LENGTH ? line : `${line.slice(0, TITLE_LENGTH - 1).trimEnd()}…`;
}

function lastCustomTitle(bytes: Uint8Array): string | undefined {
  const lines = new TextDecoder().decode(bytes).split('\n');
  for (const line of lines.reverse()) {
    if (!line.includes('"custom-title"')) continue;
    try {
      const { customTitle } = JSON.parse(line) as { customTitle?: unknown };
      if (typeof customTitle === 'string' && customTitle !== '') return customTitle;
    } catch {
      // A line cut by the edge of what was read: the one before it may be whole.
    }
  }
  return undefined;
}
