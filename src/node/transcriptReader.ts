/** Reads a transcript from anywhere in it, whoever writes it. A transcript that isn't there (yet) is empty. */
import { open } from 'node:fs/promises';
import type { TranscriptReader } from '../core/sessions/transcriptStore.ts';
import { withFileErrors } from './fileErrors.ts';
import { isMissing } from './fileOperations.ts';
import { createOpenOnce } from './openOnce.ts';

export interface ReopeningReader extends TranscriptReader {
  /** The file may have been replaced: what is read from now on is what stands under the name then. */
  reopen(): Promise<void>;
}

export function createTranscriptReader(path: string): ReopeningReader {
  const file = createOpenOnce(() => open(path, 'r'));
  const close = async (): Promise<void> => {
    await (await file.take())?.close();
  };
  return {
    read: (target, offset) =>
      withFileErrors(path, async () => {
        try {
          const handle = await file.open();
          return (await handle.read(target, 0, target.length, offset)).bytesRead;
        } catch (error) {
          if (isMissing(error)) return 0;
          throw error;
        }
      }),
    reopen: () => withFileErrors(path, close),
    close: () => withFileErrors(path, close),
  };
}
