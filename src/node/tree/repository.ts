/** What is to be known of a git repository to use its objects as copies of files that are as they were checked out. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
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

/** What git says of it. */
export type FoundRepository = Omit<Repository, 'bare'>;

/** undefined: there is no repository whose work tree begins here or above, or git is not to be had. Never rejects. */
export async function findRepository(folder: string): Promise<FoundRepository | undefined> {
  const begun = await findBeginning(folder);
  if (begun === undefined) return undefined;
  const settings = await readSettings(folder);
  const places = (await findOrdinary(begun, settings)) ?? (await askPlaces(folder));
  if (places === undefined || (await stat(places.index).catch(() => undefined)) === undefined)
    return undefined;
  const { top, index, objects, exclude, attributes, oidSize } = places;
  const ownFolder = join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'git');
  return {
    ...{ top, index, objects, oidSize },
    id: createHash('sha256').update(top).digest('hex').slice(0, 16),
    convertsLineEnds: /^(?:true|input)$/.test(settings.get('core.autocrlf') ?? ''),
    ignoreRules: readAll([settings.get('core.excludesfile') ?? join(ownFolder, 'ignore'), exclude]),
    attributes: readAll([settings.get('core.attributesfile') ?? join(ownFolder, 'attributes'), attributes]),
  };
}

/** Where the parts of a repository lie, absolute. */
interface Places extends Pick<Repository, 'top' | 'index' | 'objects' | 'oidSize'> {
  readonly exclude: string;
  readonly attributes: string;
}

/** Those that most repositories have. undefined: git has to be asked. */
async function findOrdinary(top: string, settings: Settings): Promise<Places | undefined> {
  const own = join(top, '.git');
  const [folder, head, common] = await Promise.all([
    lstat(own).catch(() => undefined),
    stat(join(own, 'HEAD')).catch(() => undefined),
    stat(join(own, 'commondir')).catch(() => undefined),
  ]);
  // Without its version git has not read the settings of this repository: it may belong to somebody else.
  const isRead = settings.get('core.repositoryformatversion') !== undefined;
  const isElsewhere = settings.get('core.worktree') !== undefined || settings.get('core.bare') === 'true';
  if (folder?.isDirectory() !== true || head === undefined || common !== undefined || !isRead || isElsewhere)
    return undefined;
  const oidSize = settings.get('extensions.objectformat') === 'sha256' ? 32 : 20;
  const info = join(own, 'info');
  return {
    ...{ top, oidSize, index: join(own, 'index'), objects: join(own, 'objects') },
    ...{ exclude: join(info, 'exclude'), attributes: join(info, 'attributes') },
  };
}

async function askPlaces(folder: string): Promise<Places | undefined> {
  const paths = ['index', 'objects', 'info/exclude', 'info/attributes'].flatMap((name) => [
    '--git-path',
    name,
  ]);
  const args = ['rev-parse', '--path-format=absolute', '--show-object-format', '--show-toplevel', ...paths];
  const told = await runGit(args, { cwd: folder });
  const [format, top, index, objects, exclude, attributes] = told?.toString('utf8').split('\n') ?? [];
  if (!top || !index || !objects || !exclude || !attributes) return undefined;
  return { top, index, objects, exclude, attributes, oidSize: format === 'sha256' ? 32 : 20 };
}

type Settings = ReadonlyMap<string, string>;

const ASKED = [
  'core\\.(autocrlf|excludesfile|attributesfile|worktree|bare|repositoryformatversion)',
  'extensions\\.objectformat',
];

/** Names in small letters; of a setting that is there several times the last one counts. */
async function readSettings(folder: string): Promise<Settings> {
  const args = ['config', '-z', '--get-regexp', `^(${ASKED.join('|')})$`];
  return parseSettings((await runGit(args, { cwd: folder }))?.toString('utf8') ?? '');
}

/** With a bare repository for it in the storage. Throws what the system says. */
export function toRepository(found: FoundRepository, storage: string): Repository {
  const bare = bareOf(found.id, storage);
  makeBareRepository(bare, found);
  return { ...found, bare };
}

/** The folder, this one or one above, with something of the name of a repository in it; undefined spares asking git. */
async function findBeginning(folder: string): Promise<string | undefined> {
  for (let [at, parent] = [folder, dirname(folder)]; ; [at, parent] = [parent, dirname(parent)]) {
    if ((await stat(join(at, '.git')).catch(() => undefined)) !== undefined) return at;
    if (parent === at) return undefined;
  }
}

/** Where Belay's own repository lies. `id`: `Repository.id`. */
export function bareOf(id: string, storage: string): string {
  return join(storage, 'git', id);
}

/** At once: it is a few small files of Belay's own, and the first look waits for it. */
function makeBareRepository(
  bare: string,
  { objects, oidSize }: Pick<Repository, 'objects' | 'oidSize'>,
): void {
  const format =
    oidSize === 20
      ? '[core]\n\trepositoryformatversion = 0\n\tbare = true\n'
      : '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n';
  mkdirSync(join(bare, 'objects', 'info'), { recursive: true, mode: 0o700 });
  mkdirSync(join(bare, 'refs'), { recursive: true });
  writeFileSync(join(bare, 'config'), format);
  writeFileSync(join(bare, 'HEAD'), 'ref: refs/heads/none\n');
  // A path with a line end can't be named there; its objects are then had from the links alone.
  writeFileSync(join(bare, 'objects', 'info', 'alternates'), objects.includes('\n') ? '' : `${objects}\n`);
}

function parseSettings(text: string): Settings {
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
