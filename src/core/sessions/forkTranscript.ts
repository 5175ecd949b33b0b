/** A copy of a transcript under another id, or the same one cut short: where a session goes on from somewhere else. */
import { parseTranscript } from './parseTranscript.ts';
import type { RecordLine } from './transcriptLine.ts';
import type { TranscriptStore } from './transcriptStore.ts';

export interface Fork {
  readonly from: string;
  /** Equal to `from`: no copy is made, the session itself goes on from `upTo`. */
  readonly to: string;
  /** uuid of the last message that is to be part of the conversation; undefined: all are. */
  readonly upTo: string | undefined;
}

/** False: there is no message `upTo`. The original keeps all it has. */
export async function forkTranscript(store: TranscriptStore, { from, to, upTo }: Fork): Promise<boolean> {
  const source = await store.open(from);
  try {
    const bytes = await source.read();
    if (upTo !== undefined && !hasMessage(bytes, upTo)) return false;
    const cut = upTo === undefined ? [] : [JSON.stringify(buildCut(to, upTo))];
    if (from === to) {
      if (cut.length > 0) await source.append(cut);
      return true;
    }
    const copy = await store.open(to);
    try {
      await copy.append([...copyLines(bytes, to), ...cut]);
    } finally {
      await copy.close();
    }
    return true;
  } finally {
    await source.close();
  }
}

function hasMessage(bytes: Uint8Array, uuid: string): boolean {
  return parseTranscript(bytes).lines.some((entry) => entry.kind === 'chain' && entry.line.uuid === uuid);
}

function buildCut(sessionId: string, upTo: string): RecordLine {
  return { type: 'belay/leaf_moved', sessionId, leafUuid: upTo, user_message_id: upTo, restored: false };
}

/** Every line names its session. One that can't be read stays behind. */
function copyLines(bytes: Uint8Array, sessionId: string): readonly string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((text) => {
      const line = parseObject(text);
      if (line === undefined) return [];
      const renamed = {
        ...line,
        ...('sessionId' in line ? { sessionId } : {}),
        ...('session_id' in line ? { session_id: sessionId } : {}),
      };
      return [JSON.stringify(renamed)];
    });
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
