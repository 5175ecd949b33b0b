/** What an agent asks of the outside, on this editor: its documents before the disk, Node for all else. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'vscode';
import type { AgentPorts } from '../core/agent.ts';
import type { FileSystem } from '../core/ports.ts';
import { createNodeClock } from '../node/clock.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { ripgrepCandidates } from '../node/findRipgrep.ts';
import { createNodeProcesses } from '../node/processes.ts';
import { createSidechainStore } from '../node/sidechains.ts';
import { createNodeStorage } from '../node/storage.ts';
import { createTemporaryFiles, type TemporaryFiles } from '../node/temporaryFiles.ts';
import { createTranscriptStore } from '../node/transcripts.ts';
import { createNodeWeb } from '../node/web.ts';
import { createDocumentFileSystem } from './documentFileSystem.ts';
import { createLazyMcpConnector } from './lazyMcp.ts';
import type { EditorLog } from './log.ts';
import type { EditorWorkspace } from './workspacePort.ts';

export interface EditorPorts extends Omit<AgentPorts, 'checkpoints' | 'streamModel' | 'workspace' | 'log'> {
  readonly workspace: EditorWorkspace;
  readonly log: EditorLog;
  /** The files without the editor's documents in between. */
  readonly disk: FileSystem;
  /** Where the user's own settings, memory, commands and skills lie. */
  readonly configDir: string;
  /** What `disk` has under way. */
  readonly temporaryFiles: TemporaryFiles;
}

export interface EditorPortsOptions {
  readonly workspace: EditorWorkspace;
  readonly log: EditorLog;
  /** Belay's own folder in VS Code's global storage. */
  readonly storageRoot: string;
}

export function createEditorPorts({ workspace, log, storageRoot }: EditorPortsOptions): EditorPorts {
  const { platform } = workspace;
  const storage = createNodeStorage(storageRoot);
  const temporaryFiles = createTemporaryFiles({ storage, platform, log });
  const configDir = findConfigDir();
  const disk = createNodeFileSystem({ platform, temporaryFiles });
  return {
    workspace,
    log,
    disk,
    files: createDocumentFileSystem(disk),
    processes: createNodeProcesses({
      platform,
      env: process.env,
      ripgrepCandidates: ripgrepCandidates(env.appRoot, platform, process.arch),
    }),
    web: createNodeWeb({ env: process.env }),
    mcp: createLazyMcpConnector({ cwd: workspace.cwd, platform, env: process.env }),
    storage,
    temporaryFiles,
    clock: createNodeClock(),
    sidechains: createSidechainStore(),
    configDir,
    transcripts: createTranscriptStore({ configDir, cwd: workspace.cwd }),
    createId: randomUUID,
  };
}

function findConfigDir(): string {
  const configured = process.env.BELAY_CONFIG_DIR;
  return configured === undefined || configured === '' ? join(homedir(), '.belay') : configured;
}
