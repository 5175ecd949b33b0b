/** The list of sessions, from the first and last bytes of each transcript: a long one isn't read to be listed. */
import type { SessionInfo } from '../../protocol/panel.ts';
import { readSessionEnds, type SessionEnds } from './sessionEnds.ts';
import type { TranscriptEntry, TranscriptStore } from './transcriptStore.ts';

const PEEK_BYTES = 64 * 1024;
const TITLE_LENGTH = 80;

/** `end`: as in SessionEnds; undefined: nothing of it can be read. */
interface KeptInfo extends SessionInfo {
  readonly end?: SessionEnds['end'];
}

/** What was read of the transcripts, by session: one that has not changed is not read again. */
export type ListedSessions = Map<
  string,
  { readonly entry: TranscriptEntry; readonly info: KeptInfo | undefined }
>;

/** Sessions with at least one prompt, and those that can't be read, newest first. `known`: of the last time. */
export async function listSessions(
  store: Pick<TranscriptStore, 'list' | 'peek'>,
  known: ListedSessions = new Map(),
): Promise<readonly SessionInfo[]> {
  const entries = await store.list();
  const infos = await Promise.all(
    entries.map(async (entry) => {
      const last = known.get(entry.sessionId);
      const isSame =
        last?.entry.lastModified === entry.lastModified && last.entry.fileSize === entry.fileSize;
      const info = isSame ? last.info : await readInfo(store, entry);
      known.set(entry.sessionId, { entry, info });
      return info && toListed(info, entry.isHeld === true);
    }),
  );
  return infos.filter((info) => info !== undefined);
}

/** One that can't be read is listed with the reason: the others have nothing to do with it. */
async function readInfo(
  store: Pick<TranscriptStore, 'peek'>,
  { sessionId, lastModified, fileSize }: TranscriptEntry,
): Promise<KeptInfo | undefined> {
  const entry = { sessionId, lastModified, fileSize };
  try {
    const ends = readSessionEnds(await store.peek(sessionId, PEEK_BYTES));
    if (ends.isUnreadable && fileSize > 0)
      return toDamaged(entry, 'Nothing that is in its file can be read as a conversation.');
    return toInfo(entry, ends);
  } catch (error) {
    return toDamaged(entry, error instanceof Error ? error.message : String(error));
  }
}

function toInfo(entry: TranscriptEntry, ends: SessionEnds): KeptInfo | undefined {
  const { firstPrompt, createdAt, customTitle, tag, end } = ends;
  if (firstPrompt === undefined && customTitle === undefined) return undefined;
  return {
    ...entry,
    summary: customTitle ?? (toTitle(firstPrompt ?? '') || 'Untitled session'),
    ...(firstPrompt === undefined ? {} : { firstPrompt }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(customTitle === undefined ? {} : { customTitle }),
    ...(tag === undefined ? {} : { tag }),
    end,
  };
}

/** A turn without an end is under way where somebody has the session open; else it was cut off. */
function toListed({ end, ...info }: KeptInfo, isHeld: boolean): SessionInfo {
  const phase = end === 'open' ? (isHeld ? 'running' : 'failed') : end;
  return {
    ...info,
    ...(phase === undefined ? {} : { phase }),
    ...(isHeld ? { elsewhere: true } : {}),
  };
}

function toDamaged(entry: TranscriptEntry, problem: string): KeptInfo {
  return { ...entry, summary: `Damaged session ${entry.sessionId.slice(0, 8)}`, problem };
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
