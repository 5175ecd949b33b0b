/** What other agents' checkpoints do: a repository beside the workspace that takes everything in, and one that begins with the user's index. */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface CheckpointPeer {
  /** What takes the first checkpoint. */
  first(): Promise<void>;
  /** Takes one more. */
  next(): void;
  /** Goes back to the one before the last. */
  rewind(): void;
}

const WHO = ['-c', 'user.email=bench@localhost', '-c', 'user.name=bench', '-c', 'gc.auto=0'];

function git(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync('git', [...WHO, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  }).toString();
}

/** `git add -A` and `commit` into a repository of its own. */
export function createShadowGit(workspace: string, store: string): CheckpointPeer {
  const at = [`--git-dir=${store}`, `--work-tree=${workspace}`];
  const take = (): void => {
    git(workspace, [...at, 'add', '-A']);
    git(workspace, [...at, 'commit', '-q', '--allow-empty', '-m', 'checkpoint']);
  };
  return {
    async first() {
      git(workspace, ['init', '-q', '--bare', store]);
      take();
    },
    next: take,
    rewind: () => void git(workspace, [...at, 'reset', '-q', '--hard', 'HEAD~1']),
  };
}

/** The user's index and objects are made use of: only what has changed is taken in. */
export function createWarmIndex(workspace: string, store: string): CheckpointPeer {
  const env = { GIT_DIR: store, GIT_WORK_TREE: workspace };
  const trees: string[] = [];
  const take = (): void => {
    git(workspace, ['add', '-A'], env);
    trees.push(git(workspace, ['write-tree'], env).trim());
  };
  return {
    async first() {
      git(workspace, ['init', '-q', '--bare', store]);
      await mkdir(join(store, 'objects', 'info'), { recursive: true });
      await writeFile(
        join(store, 'objects', 'info', 'alternates'),
        `${join(workspace, '.git', 'objects')}\n`,
      );
      await copyFile(join(workspace, '.git', 'index'), join(store, 'index'));
      git(workspace, ['config', 'core.bare', 'false'], { GIT_DIR: store });
      take();
    },
    next: take,
    rewind: () => void git(workspace, ['read-tree', '-u', '--reset', trees.at(-2) ?? ''], env),
  };
}

/** A workspace of ordinary sources. `withGit`: all of it is committed. */
export async function makeWorkspace(
  workspace: string,
  { files, withGit }: { readonly files: number; readonly withGit: boolean },
): Promise<void> {
  const line = 'export const value = compute(first, second, third);\n';
  for (let index = 0; index < files; index += 1) {
    const folder = join(workspace, `part${Math.floor(index / 400)}`, `group${Math.floor(index / 20) % 20}`);
    if (index % 20 === 0) await mkdir(folder, { recursive: true });
    const lines = 40 + ((index * 7919) % 260);
    await writeFile(join(folder, `file${index}.ts`), `// ${index}\n${line.repeat(lines)}`);
  }
  if (!withGit) return;
  git(workspace, ['init', '-q']);
  git(workspace, ['add', '-A']);
  git(workspace, ['commit', '-q', '-m', 'first']);
  // As in a repository that is older than a moment.
  git(workspace, ['gc', '-q']);
  git(workspace, ['update-index', '-q', '--refresh']);
}
