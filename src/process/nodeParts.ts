/** What a session of the panel stands on, on Node: where things are kept, and the disk. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentPorts } from '../core/agent.ts';
import type { FileSystem, Log, Workspace } from '../core/ports.ts';
import { createNodeClock } from '../node/clock.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { createQuickFileOperations } from '../node/quickFileOperations.ts';
import { createSidechainStore } from '../node/sidechains.ts';
import { createNodeStorage } from '../node/storage.ts';
import { createTemporaryFiles, type TemporaryFiles } from '../node/temporaryFiles.ts';
import { createTranscriptStore } from '../node/transcripts.ts';

export interface NodeParts
  extends Pick<AgentPorts, 'storage' | 'clock' | 'sidechains' | 'transcripts' | 'createId' | 'log'> {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The files without an editor's documents in between. */
  readonly disk: FileSystem;
  /** The same, for many small steps one behind the other. */
  readonly quickDisk: FileSystem;
  /** Where the user's own settings, memory, commands and skills lie. */
  readonly configDir: string;
  /** What `disk` has under way. */
  readonly temporaryFiles: TemporaryFiles;
}

export interface NodePartsOptions {
  readonly workspace: Pick<Workspace, 'cwd' | 'platform'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Belay's own folder in VS Code's global storage. */
  readonly storageRoot: string;
}

export function createNodeParts({ workspace, environment, log, storageRoot }: NodePartsOptions): NodeParts {
  const { platform, cwd } = workspace;
  const storage = createNodeStorage(storageRoot);
  const temporaryFiles = createTemporaryFiles({ storage, platform, log });
  const configDir = findConfigDir(environment);
  return {
    ...{ environment, log, storage, temporaryFiles, configDir },
    disk: createNodeFileSystem({ platform, temporaryFiles }),
    quickDisk: createNodeFileSystem({ platform, temporaryFiles, operations: createQuickFileOperations() }),
    clock: createNodeClock(),
    sidechains: createSidechainStore(),
    transcripts: createTranscriptStore({ configDir, cwd }),
    createId: randomUUID,
  };
}

function findConfigDir({ BELAY_CONFIG_DIR: configured }: NodePartsOptions['environment']): string {
  return configured === undefined || configured === '' ? join(homedir(), '.belay') : configured;
}
