/** Runs tools as the loop does, on a temporary folder with the ports of Node. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FileSystem, Processes, Web } from '../../../../src/core/ports.ts';
import { type BackgroundTask, createBackgroundTasks } from '../../../../src/core/tools/backgroundTasks.ts';
import { ReadState } from '../../../../src/core/tools/readState.ts';
import type { AnyTool, ToolContext, ToolFiles } from '../../../../src/core/tools/tool.ts';
import { createNodeClock } from '../../../../src/node/clock.ts';
import { createNodeFileSystem } from '../../../../src/node/fileSystem.ts';
import { createNodeProcesses } from '../../../../src/node/processes.ts';
import { createNodeStorage } from '../../../../src/node/storage.ts';
import type { ToolResultContent } from '../../../../src/protocol/blocks.ts';
import { temporaryFolder } from '../../node/temporaryFolder.ts';

export interface Ran {
  readonly output: unknown;
  readonly isError: boolean;
  /** What the model reads. */
  readonly content: ToolResultContent;
  /** The same as text; blocks that aren't text as [type]. */
  readonly text: string;
  /** All progress. */
  readonly progress: string;
}

export interface Harness {
  /** The working folder. */
  readonly folder: string;
  readonly context: ToolContext;
  /** What the background tasks have told. */
  readonly taskNews: readonly BackgroundTask[];
  run(tool: AnyTool, input: unknown, changes?: Partial<ToolContext>): Promise<Ran>;
}

export interface HarnessOptions {
  readonly files?: FileSystem;
  readonly processes?: Processes;
  readonly web?: Web;
}

const noWeb: Web = {
  get: async () => ({ kind: 'failed', reason: 'no network in this test' }),
  post: async () => ({ kind: 'failed', reason: 'no network in this test' }),
};
const ignore = () => {};

export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const base = await temporaryFolder();
  const folder = join(base, 'work');
  const home = join(base, 'home');
  await mkdir(folder);
  await mkdir(home);
  const files = options.files ?? createNodeFileSystem({ platform: 'linux' });
  const storage = createNodeStorage(join(base, 'storage'));
  const clock = createNodeClock();
  const taskNews: BackgroundTask[] = [];
  const context: ToolContext = {
    toolUseId: 'toolu_1',
    userMessageId: 'user-1',
    workspace: {
      cwd: folder,
      roots: [folder],
      home,
      platform: 'linux',
      trusted: true,
      osDescription: 'Linux',
    },
    files: toToolFiles(files),
    processes:
      options.processes ??
      createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] }),
    web: options.web ?? noWeb,
    storage,
    clock,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    readState: new ReadState(),
    tasks: createBackgroundTasks({
      storage,
      clock,
      sessionId: 's',
      onChange: (task) => void taskNews.push(task),
    }),
    runTool: async (name) => {
      throw new Error(`the test did not expect ${name} to be run`);
    },
    signal: new AbortController().signal,
  };
  return {
    folder,
    context,
    taskNews,
    run: (tool, input, changes) => run(tool, input, { ...context, ...changes }),
  };
}

function toToolFiles(files: FileSystem): ToolFiles {
  return {
    ...files,
    write: async (path, bytes) => {
      await files.makeDirectory(join(path, '..'));
      return files.writeFile(path, bytes);
    },
  };
}

async function run(tool: AnyTool, input: unknown, context: ToolContext): Promise<Ran> {
  const parsed: unknown = tool.inputSchema.parse(input);
  const running = tool.run(parsed, context);
  let progress = '';
  for (;;) {
    const step = await running.next();
    if (step.done !== true) {
      progress += step.value.output;
      continue;
    }
    const { output, isError } = step.value;
    const content: ToolResultContent = tool.toResultContent(output);
    const text = toText(content);
    expect(text).not.toBe('');
    return { output, isError, content, text, progress };
  }
}

function toText(content: ToolResultContent): string {
  if (typeof content === 'string') return content;
  return content.map((block) => (block.type === 'text' ? block.text : `[${block.type}]`)).join('\n');
}
