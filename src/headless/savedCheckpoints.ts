/** The checkpoints of a session of this folder that need not be running. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Checkpoints } from '../core/checkpoints/checkpoints.ts';
import { createCheckpoints } from '../core/checkpoints/createCheckpoints.ts';
import { FileError, type Log } from '../core/ports.ts';
import type { TranscriptStore } from '../core/sessions/transcriptStore.ts';
import { nodeByteWork } from '../node/byteWork.ts';
import { createNodeClock } from '../node/clock.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { createQuickFileOperations } from '../node/quickFileOperations.ts';
import { createNodeStorage } from '../node/storage.ts';
import { createTranscriptStore } from '../node/transcripts.ts';
import { StartError } from './exitCodes.ts';
import { findConfigDir, toPlatform } from './headlessPorts.ts';
import { createStandardErrorLog } from './standardError.ts';

export interface OpenedCheckpoints {
  readonly sessionId: string;
  readonly checkpoints: Checkpoints;
  readonly transcripts: TranscriptStore;
  readonly log: Log;
}

/** `sessionId` undefined: the newest. Throws StartError when it isn't there, or can't be opened. */
export async function openSavedCheckpoints(wanted: {
  readonly sessionId: string | undefined;
}): Promise<OpenedCheckpoints> {
  const cwd = process.cwd();
  const configDir = findConfigDir(process.env);
  const log = createStandardErrorLog({ from: 'warn', file: undefined });
  const transcripts = createTranscriptStore({ configDir, cwd });
  const sessionId = await findSession(wanted.sessionId, transcripts);
  try {
    const checkpoints = await createCheckpoints({
      files: createNodeFileSystem({
        platform: toPlatform(process.platform),
        operations: createQuickFileOperations(),
      }),
      storage: createNodeStorage(join(configDir, 'storage')),
      clock: createNodeClock(),
      log,
      sessionId,
      workspace: { roots: [cwd] },
      createId: randomUUID,
      byteWork: nodeByteWork,
    });
    return { sessionId, checkpoints, transcripts, log };
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    throw new StartError(`The checkpoints can't be opened: ${cause.message}`, { cause });
  }
}

async function findSession(wanted: string | undefined, store: TranscriptStore): Promise<string> {
  const known = (await store.list()).map((entry) => entry.sessionId);
  const [newest] = known;
  if (wanted === undefined) {
    if (newest === undefined) throw new StartError('No session of this folder was found.');
    return newest;
  }
  if (known.includes(wanted)) return wanted;
  throw new StartError(`No session with the ID ${wanted} was found in this folder.`);
}
