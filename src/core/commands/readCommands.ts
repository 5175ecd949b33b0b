/** Finds the commands and skills of the project and of the user: commands/**\/*.md and skills/*\/SKILL.md. */
import type { MemoryDeps } from '../context/readMemory.ts';
import { isInside, joinPath } from '../paths.ts';
import { isReadDenied } from '../permissions/decidePermission.ts';
import { FileError } from '../ports.ts';
import { decodeText } from '../tools/textEncoding.ts';
import { type Command, type CommandFile, parseCommand } from './command.ts';

const MAX_BYTES = 512 * 1024;
const MAX_DEPTH = 4;
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u;

/** Each name once: the project's before the user's, a skill before a command. What can't be read is left out. Never throws. */
export async function readCommands(deps: MemoryDeps): Promise<readonly Command[]> {
  const { configDir, sources, workspace } = deps;
  const folders: Folder[] = [];
  if (sources.includes('project') && workspace.trusted)
    folders.push({ folder: joinPath(workspace.cwd, '.claude', workspace.platform), source: 'project' });
  if (sources.includes('user')) folders.push({ folder: configDir, source: 'user' });
  const byName = new Map<string, Command>();
  for (const folder of folders) {
    for (const command of [...(await readSkills(folder, deps)), ...(await readCommandFolder(folder, deps))]) {
      if (NAME.test(command.name) && !byName.has(command.name)) byName.set(command.name, command);
    }
  }
  return [...byName.values()];
}

interface Folder {
  readonly folder: string;
  readonly source: 'project' | 'user';
}

async function readSkills({ folder, source }: Folder, deps: MemoryDeps): Promise<readonly Command[]> {
  const { platform } = deps.workspace;
  const skills = joinPath(folder, 'skills', platform);
  const found: Command[] = [];
  for (const { name, kind } of await list(skills, deps)) {
    if (kind !== 'directory' && kind !== 'symlink') continue;
    const path = joinPath(skills, `${name}/SKILL.md`, platform);
    found.push(...(await readOne({ path, name, kind: 'skill', source }, folder, deps)));
  }
  return found;
}

/** `commands/git/commit.md` is `/git:commit`. */
async function readCommandFolder({ folder, source }: Folder, deps: MemoryDeps): Promise<readonly Command[]> {
  const { platform } = deps.workspace;
  const found: Command[] = [];
  async function walk(at: string, parts: readonly string[]): Promise<void> {
    for (const { name, kind } of await list(at, deps)) {
      const path = joinPath(at, name, platform);
      if (kind === 'directory' && parts.length < MAX_DEPTH) await walk(path, [...parts, name]);
      else if (name.endsWith('.md')) {
        const full = [...parts, name.slice(0, -'.md'.length)].join(':');
        found.push(...(await readOne({ path, name: full, kind: 'command', source }, folder, deps)));
      }
    }
  }
  await walk(joinPath(folder, 'commands', platform), []);
  return found;
}

async function list(folder: string, { files }: MemoryDeps) {
  const entries = await files.readDirectory(folder).catch(() => []);
  return [...entries].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** A link in a project that leads out of it is not followed. */
async function readOne(
  file: Omit<CommandFile, 'text'>,
  home: string,
  { files, permissions, workspace, log }: MemoryDeps,
): Promise<readonly Command[]> {
  const { path, source } = file;
  try {
    if ((await files.stat(path))?.kind !== 'file') return [];
    const real = await files.realPath(path);
    const denied = [path, real].some((spelling) => isReadDenied(spelling, permissions()));
    const isHome =
      source === 'user' || isInside(await files.realPath(workspace.cwd), real, workspace.platform);
    if (denied || !isHome) {
      log.warn('a command may not be read and was left out', { path, home });
      return [];
    }
    const text = decodeText(await files.readFile(path, { maxBytes: MAX_BYTES }))?.text;
    return text === undefined ? [] : [await parseCommand({ ...file, text })];
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    log.warn('a command could not be read', { path, code: error.code });
    return [];
  }
}
