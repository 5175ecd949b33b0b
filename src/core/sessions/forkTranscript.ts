/** A copy of a transcript under another id, or the same one cut short: where a session goes on from somewhere else. */
import { JsonScanner, toText } from './jsonScanner.ts';
import { readLines } from './readLines.ts';
import { readTranscript } from './readTranscript.ts';
import type { RecordLine } from './transcriptLine.ts';
import type { ByteRange, TranscriptFile, TranscriptReader, TranscriptStore } from './transcriptStore.ts';

export interface Fork {
  readonly from: string;
  /** Equal to `from`: no copy is made, the session itself goes on from `upTo`. */
  readonly to: string;
  /** uuid of the last message that is to be part of the conversation; undefined: all are. */
  readonly upTo: string | undefined;
  /** uuid of the first message that is not to be part of it any more, in place of `upTo`. */
  readonly before?: string | undefined;
}

/** False: there is no such message. The original keeps all it has. */
export async function forkTranscript(store: TranscriptStore, fork: Fork): Promise<boolean> {
  const { from, to } = fork;
  const source = await store.openToRead(from);
  try {
    const cuts = await findCut(source, fork);
    if (cuts === undefined) return false;
    const cut = cuts.map((each) => JSON.stringify(each));
    if (from === to && cut.length === 0) return true;
    const target = await store.open(to);
    try {
      if (from !== to) await copyLines(source, target, to);
      await target.append(cut);
    } finally {
      await target.close();
    }
    return true;
  } finally {
    await source.close();
  }
}

/** Empty: nothing is cut off. undefined: there is no such message. */
async function findCut(
  source: TranscriptReader,
  { to, upTo, before }: Fork,
): Promise<readonly RecordLine[] | undefined> {
  if (before !== undefined) {
    const { path } = (await readTranscript(source)).conversation;
    const index = path.findIndex(({ uuid }) => uuid === before);
    return index === -1
      ? undefined
      : [buildCut(to, { leaf: path[index - 1]?.uuid ?? null, message: before })];
  }
  if (upTo === undefined) return [];
  if (!(await readTranscript(source)).hasMessage(upTo)) return undefined;
  return [buildCut(to, { leaf: upTo, message: upTo })];
}

function buildCut(
  sessionId: string,
  { leaf, message }: { readonly leaf: string | null; readonly message: string },
): RecordLine {
  return { type: 'belay/leaf_moved', sessionId, leafUuid: leaf, user_message_id: message, restored: false };
}

/** Every line names its session. One that can't be read stays behind. */
async function copyLines(source: TranscriptReader, target: TranscriptFile, sessionId: string): Promise<void> {
  const scanner = new JsonScanner(['sessionId', 'session_id']);
  for await (const lines of readLines(source)) {
    const copies: string[] = [];
    for (const { bytes } of lines) {
      if (bytes !== undefined && scanner.scan(bytes)) copies.push(rename(bytes, scanner, sessionId));
    }
    await target.append(copies);
  }
}

/** The line as it is, but for the id. */
function rename(bytes: Uint8Array, scanner: JsonScanner, sessionId: string): string {
  const ids = [scanner.find(0), scanner.find(1)].filter((range): range is ByteRange => range !== undefined);
  ids.sort((left, right) => left.start - right.start);
  const parts: string[] = [];
  let start = 0;
  for (const id of ids) {
    parts.push(toText(bytes, { start, end: id.start }), JSON.stringify(sessionId));
    start = id.end;
  }
  parts.push(toText(bytes, { start, end: bytes.length }));
  return parts.join('');
}
