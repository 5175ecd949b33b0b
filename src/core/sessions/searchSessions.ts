/** The words of a search in what was said: in whole transcripts, as long as that is quick. */
import { promptText } from './promptText.ts';
import { readLines } from './readLines.ts';
import { parseTranscriptLine } from './transcriptLine.ts';
import type { TranscriptStore } from './transcriptStore.ts';

/** So much of the newest sessions is looked through. */
const MAX_BYTES = 96 * 1024 * 1024;

export interface FoundSessions {
  /** Newest first. */
  readonly sessionIds: readonly string[];
  /** False: the oldest were not looked into. */
  readonly complete: boolean;
}

/** Sessions in which every word was said, by the person or the agent, without regard to case. Rejects when it is aborted. */
export async function searchSessions(
  store: Pick<TranscriptStore, 'list' | 'openToRead'>,
  text: string,
  signal: AbortSignal,
): Promise<FoundSessions> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const sessionIds: string[] = [];
  let left = MAX_BYTES;
  for (const { sessionId, fileSize } of await store.list()) {
    left -= fileSize;
    if (left < 0) return { sessionIds, complete: false };
    if (await hasWords(store, sessionId, words, signal)) sessionIds.push(sessionId);
  }
  return { sessionIds, complete: true };
}

async function hasWords(
  store: Pick<TranscriptStore, 'openToRead'>,
  sessionId: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const missing = new Set(words);
  const file = await store.openToRead(sessionId);
  try {
    for await (const lines of readLines(file)) {
      signal.throwIfAborted();
      for (const { bytes } of lines) {
        if (bytes !== undefined && missing.size > 0) takeFound(bytes, missing);
      }
      if (missing.size === 0) return true;
    }
    return missing.size === 0;
  } catch (error) {
    signal.throwIfAborted();
    // One that can't be read has nothing that could be found; the list says why.
    void error;
    return false;
  } finally {
    await file.close();
  }
}

/** Only a line that has the word somewhere is taken apart: it may be a word of the file's own, not of what was said. */
function takeFound(bytes: Uint8Array, missing: Set<string>): void {
  const raw = new TextDecoder().decode(bytes);
  const lower = raw.toLowerCase();
  const mayHave = [...missing].filter((word) => lower.includes(JSON.stringify(word).slice(1, -1)));
  if (mayHave.length === 0) return;
  const said = saidIn(raw).toLowerCase();
  for (const word of mayHave) if (said.includes(word)) missing.delete(word);
}

function saidIn(raw: string): string {
  try {
    const parsed = parseTranscriptLine(JSON.parse(raw));
    return parsed?.kind === 'chain' ? promptText(parsed.line) : '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}
