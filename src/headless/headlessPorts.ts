/** What an agent asks of the outside, on Node alone. */
import { randomUUID } from 'node:crypto';
import { homedir, release, type as systemName } from 'node:os';
import { join, resolve } from 'node:path';
import type { AgentPorts } from '../core/agent.ts';
import { createAnthropicModel } from '../core/model/anthropicModel.ts';
import type { ModelTable } from '../core/model/modelTable.ts';
import type { Log, Platform, Secrets, Workspace } from '../core/ports.ts';
import { createNodeClock } from '../node/clock.ts';
import { createNodeFileSystem } from '../node/fileSystem.ts';
import { createNodeModelFetch } from '../node/modelFetch.ts';
import { createNodeProcesses, type NodeProcesses } from '../node/processes.ts';
import { createQuickFileOperations } from '../node/quickFileOperations.ts';
import { createNodeStorage } from '../node/storage.ts';
import { createTemporaryFiles, type TemporaryFiles } from '../node/temporaryFiles.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HeadlessPortsOptions {
  readonly cwd: string;
  readonly environment: Environment;
  readonly configDir: string;
  readonly additionalDirectories: readonly string[];
  /** What the project brings along may be read and run. */
  readonly trusted: boolean;
  readonly log: Log;
  readonly models: () => ModelTable;
}

/** Where settings, sessions and Belay's own records lie. */
export function findConfigDir(environment: Environment): string {
  const configured = environment.BELAY_CONFIG_DIR || environment.CLAUDE_CONFIG_DIR;
  return configured ? resolve(configured) : join(homedir(), '.belay');
}

/** Commands and servers of a session that is ended get this long to end by themselves. Milliseconds. */
const POLITE_MS = 1000;

export interface HeadlessPorts extends Omit<AgentPorts, 'checkpoints' | 'transcripts' | 'processes'> {
  /** To close with the session. */
  readonly processes: NodeProcesses;
  /** To sweep when the session starts, and to close with it. */
  readonly temporaryFiles: TemporaryFiles;
}

export function createHeadlessPorts(options: HeadlessPortsOptions): HeadlessPorts {
  const { environment, configDir, log, models } = options;
  const clock = createNodeClock();
  const workspace = createWorkspace(options);
  const { platform } = workspace;
  const storage = createNodeStorage(join(configDir, 'storage'));
  const temporaryFiles = createTemporaryFiles({ storage, platform, log });
  return {
    workspace,
    log,
    clock,
    files: createNodeFileSystem({ platform, temporaryFiles, operations: createQuickFileOperations() }),
    processes: createNodeProcesses({
      platform,
      env: environment,
      ripgrepCandidates: [],
      politeMs: POLITE_MS,
      sandboxHost: join(import.meta.dirname, 'sandboxHost.js'),
    }),
    web: {
      // Loaded with the first request: it brings TLS and the decompressors along.
      async get(url, request) {
        const { createNodeWeb } = await import('../node/web.ts');
        return createNodeWeb({ env: environment }).get(url, request);
      },
      async post(url, request) {
        const { createNodeWeb } = await import('../node/web.ts');
        return createNodeWeb({ env: environment }).post(url, request);
      },
    },
    storage,
    temporaryFiles,
    mcp: {
      // Most sessions have no server, and what speaks with one takes a while to load.
      async connect(config) {
        const { createNodeMcpConnector } = await import('../node/mcpTransports.ts');
        const { cwd } = workspace;
        const options = { cwd, platform, env: environment, politeMs: POLITE_MS };
        return createNodeMcpConnector(options).connect(config);
      },
    },
    streamModel: createAnthropicModel({
      secrets: createSecrets(environment),
      baseUrl: () => environment.ANTHROPIC_BASE_URL || undefined,
      clock,
      models,
      fetch: createNodeModelFetch(),
    }),
    createId: randomUUID,
  };
}

function createWorkspace({ cwd, additionalDirectories, trusted }: HeadlessPortsOptions): Workspace {
  return {
    cwd,
    roots: [...new Set([cwd, ...additionalDirectories.map((folder) => resolve(cwd, folder))])],
    home: homedir(),
    platform: toPlatform(process.platform),
    trusted,
    osDescription: `${systemName()} ${release()}`,
  };
}

function createSecrets(environment: Environment): Secrets {
  const names = { 'anthropic-api-key': 'ANTHROPIC_API_KEY', 'anthropic-auth-token': 'ANTHROPIC_AUTH_TOKEN' };
  return { get: async (name) => environment[names[name]]?.trim() || undefined };
}

export function toPlatform(platform: NodeJS.Platform): Platform {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
