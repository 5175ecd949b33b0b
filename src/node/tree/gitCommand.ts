/** Git, asked by Belay itself: without the hooks, helpers and programs that a repository's configuration may name. */
import { spawn } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';

const SAFE = [
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'diff.external=',
  '-c',
  'core.pager=cat',
  '-c',
  'protocol.ext.allow=never',
];

export interface GitCall {
  readonly cwd: string;
  /** The repository, where it isn't to be found by `cwd`. */
  readonly gitDir?: string;
  readonly input?: string;
}

/** What it printed; undefined when it is not there or failed. */
export function runGit(
  args: readonly string[],
  { cwd, gitDir, input }: GitCall,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const repository = gitDir === undefined ? [] : [`--git-dir=${gitDir}`];
    const child = spawn('git', [...SAFE, ...repository, ...args], {
      cwd,
      env: toEnvironment(process.env),
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    child.on('error', () => resolve(undefined));
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(chunks) : undefined));
    // A git that ends before it has read everything is one that failed.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** Of the variables that lead git to another repository, index or program none is handed on, and no program of a project is taken for git. */
function toEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(base).filter(([name]) => !/^GIT_/i.test(name));
  const entries = kept.map(([name, value]) => [
    name,
    /^path$/i.test(name) ? toAbsoluteFolders(value) : value,
  ]);
  return {
    ...Object.fromEntries(entries),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

/** What is not absolute on the PATH is looked up in the folder that git is started in. */
function toAbsoluteFolders(path: string | undefined): string | undefined {
  return path?.split(delimiter).filter(isAbsolute).join(delimiter);
}
