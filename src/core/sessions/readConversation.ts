/** What was said in a session that is kept, for whoever wants to read it: nothing is written, and nobody has to have it open. */
import type { Log } from '../ports.ts';
import { LineContents } from './lineContents.ts';
import { readTranscript } from './readTranscript.ts';
import type { ChainLine, NoteLine } from './transcriptLine.ts';
import type { TranscriptStore } from './transcriptStore.ts';

/** Oldest first, with what happened beside the conversation. Lines that can't be read are left out. */
export async function readConversation(
  store: Pick<TranscriptStore, 'openToRead'>,
  sessionId: string,
  log: Log,
): Promise<readonly (ChainLine | NoteLine)[]> {
  const file = await store.openToRead(sessionId);
  try {
    const { conversation } = await readTranscript(file);
    const contents = new LineContents({ read: file.read, path: sessionId }, log);
    const lines: (ChainLine | NoteLine)[] = [];
    for await (const line of contents.read(conversation.history)) lines.push(line);
    return lines;
  } finally {
    await file.close();
  }
}
