/** What is to be known of a git repository to use its objects as copies of files that are as they were checked out. */
import { createHash } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runGit } from './gitCommand.ts';
import { readText } from './ignoreRules.ts';

/** Plain data: it goes to the worker threads. */
export interface Repository {
  /** Names its folder in the storage. */
  readonly id: string;
  /** The top of the work tree, absolute and real, in the form of the platform. */
  readonly top: string;
  readonly index: string;
  readonly objects: string;
  /** Bytes of an object's name. */
  readonly oidSize: 20 | 32;
  /** A bare repository of Belay's own with the objects of this one: no configuration of anybody's counts there. */
  readonly bare: string;
  /** Line ends may differ between objects and files, whatever attributes say. */
  readonly convertsLineEnds: boolean;
  /** Texts of ignore rules beside those of .gitignore files, weakest first. */
  readonly ignoreRules: readonly string[];
  /** Texts of attributes beside those of .gitattributes files. */
  readonly attributes: readonly string[];
}

/** undefined: there is no repository whose work tree begins here or above, or git is not to be had. */
export async function findRepository(folder: string, storage: string): Promise<Repository | undefined> {
  if (!(await isBelowRepository(folder))) return undefined;
  const paths = ['index', 'objects', 'info/exclude', 'info/attributes'].flatMap((name) => [
    '--git-path',
    name,
  ]);
  const args = ['rev-parse', '--path-format=absolute', '--show-object-format', '--show-toplevel', ...paths];
  const [told, configured] = await Promise.all([
    runGit(args, { cwd: folder }),
    runGit(['config', '-z', '--get-regexp', '^core\\.(autocrlf|excludesfile|attributesfile)$'], {
      cwd: folder,
    }),
  ]);
  const [format, top, index, objects, exclude, attributes] = told?.toString('utf8').split('\n') ?? [];
  if (!top || !index || !objects || (await stat(index).catch(() => undefined)) === undefined)
    return undefined;
  const id = createHash('sha256').update(top).digest('hex').slice(0, 16);
  const bare = bareOf(id, storage);
  const oidSize = format === 'sha256' ? 32 : 20;
  await makeBareRepository(bare, { objects, oidSize });
  const settings = parseSettings(configured?.toString('utf8') ?? '');
  const ownFolder = join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git');
  return {
    ...{ id, top, index, objects, oidSize, bare },
    convertsLineEnds: /^(?:true|input)$/.test(settings.get('core.autocrlf') ?? ''),
    ignoreRules: readAll([settings.get('core.excludesfile') ?? join(ownFolder, 'ignore'), exclude]),
    attributes: readAll([settings.get('core.attributesfile') ?? join(ownFolder, 'attributes'), attributes]),
  };
}

/** Spares asking git where there is nothing to ask it about. */
async function isBelowRepository(folder: string): Promise<boolean> {
  for (let [at, parent] = [folder, dirname(folder)]; ; [at, parent] = [parent, dirname(parent)]) {
    if ((await stat(join(at, '.git')).catch(() => undefined)) !== undefined) return true;
    if (parent === at) return false;
  }
}

/** Where Belay's own repository lies. `id`: `Repository.id`. */
export function bareOf(id: string, storage: string): string {
  return join(storage, 'git', id);
}

async function makeBareRepository(
  bare: string,
  { objects, oidSize }: Pick<Repository, 'objects' | 'oidSize'>,
): Promise<void> {
  await mkdir(join(bare, 'objects', 'info'), { recursive: true, mode: 0o700 });
  await mkdir(join(bare, 'refs'), { recursive: true });
  const format =
    oidSize === 20
      ? '[core]\n\trepositoryformatversion = 0\n\tbare = true\n'
      : '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n';
  await writeFile(join(bare, 'config'), format);
  await writeFile(join(bare, 'HEAD'), 'ref: refs/heads/none\n');
  // A path with a line end can't be named there; its objects are then had from the links alone.
  await writeFile(join(bare, 'objects', 'info', 'alternates'), objects.includes('\n') ? '' : `${objects}\n`);
}

function parseSettings(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\0').map((line) => {
      const end = line.indexOf('\n');
      const value = line.slice(end + 1);
      return [line.slice(0, end), value.startsWith('~/') ? join(homedir(), value.slice(2)) : value] as const;
    }),
  );
}

function readAll(paths: readonly (string | undefined)[]): readonly string[] {
  return paths.flatMap((path) => {
    const text = path ? readText(path) : undefined;
    return text === undefined ? [] : [text];
  });
}
