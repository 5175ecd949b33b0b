/**
 * Reads what people have written down for agents: CLAUDE.md, AGENTS.md, .claude/CLAUDE.md, CLAUDE.local.md and
 * .claude/rules/*.md of the working folder and all folders around it, and the same of the user. Each file comes once,
 * however often it is linked to or imported.
 */
import { isInside, joinPath, parentPath } from '../paths.ts';
import { decidePermission, type PermissionContext } from '../permissions/decidePermission.ts';
import { FileError, type FileSystem, type Log, type PathTrace, type Workspace } from '../ports.ts';
import { decodeText } from '../tools/textEncoding.ts';
import { listField, parseFrontmatter } from './frontmatter.ts';
import { findImports } from './memoryImports.ts';

/** Whose files count: the user's own (config folder), the project's, the project's that are not shared. */
export type SettingSource = 'user' | 'project' | 'local';

export interface MemoryDeps {
  readonly files: Pick<FileSystem, 'stat' | 'readFile' | 'readDirectory' | 'realPath' | 'tracePath'>;
  readonly workspace: Workspace;
  readonly log: Pick<Log, 'debug' | 'warn'>;
  /** Absolute path of the folder with the user's own files. */
  readonly configDir: string;
  readonly sources: readonly SettingSource[];
  readonly permissions: () => PermissionContext;
}

export interface MemoryFile {
  readonly path: string;
  readonly source: SettingSource;
  readonly text: string;
  /** The file that imports it. */
  readonly importedBy: string | undefined;
  /** A rule for these files only: globs, seen from `base`. undefined: it always counts. */
  readonly globs: readonly string[] | undefined;
  readonly base: string;
}

const MAX_DEPTH = 5;
/** Characters of one file, and of all of them; bytes of a file that is looked at. */
const MAX_FILE = 40_000;
const MAX_TOTAL = 200_000;
const MAX_BYTES = 1024 * 1024;

/** Farthest first: what stands later is nearer to the work. Never throws: what can't be read is left out. */
export async function readMemory(deps: MemoryDeps): Promise<readonly MemoryFile[]> {
  const reader = new MemoryReader(deps);
  const { configDir, sources, workspace } = deps;
  const has = (source: SettingSource): boolean => sources.includes(source);
  if (has('user'))
    await reader.readFolder({ folder: configDir, source: 'user', names: ['CLAUDE.md', 'AGENTS.md'] });
  if (!workspace.trusted) return reader.found;
  for (const folder of foldersDownTo(workspace)) {
    const inner = joinPath(folder, '.claude', workspace.platform);
    if (has('project')) {
      await reader.readFolder({ folder, source: 'project', names: ['CLAUDE.md', 'AGENTS.md'], rules: false });
      if (inner !== configDir)
        await reader.readFolder({ folder: inner, source: 'project', names: ['CLAUDE.md'] });
    }
    if (has('local'))
      await reader.readFolder({ folder, source: 'local', names: ['CLAUDE.local.md'], rules: false });
  }
  return reader.found;
}

/** From the root of the file system to the working folder. */
function foldersDownTo({ cwd, platform }: Workspace): readonly string[] {
  const folders = [cwd];
  for (let folder = cwd; parentPath(folder, platform) !== folder; folder = parentPath(folder, platform))
    folders.unshift(parentPath(folder, platform));
  return folders;
}

interface Folder {
  readonly folder: string;
  readonly source: SettingSource;
  readonly names: readonly string[];
  /** False: `rules/` in it is not what we mean. */
  readonly rules?: boolean;
}

/** Where a file was come upon. */
interface Found {
  readonly source: SettingSource;
  /** The folder whose memory this is: its files may be read as they are, wherever it lies. */
  readonly home: string;
  readonly isRule: boolean;
  readonly importedBy: string | undefined;
  readonly depth: number;
}

class MemoryReader {
  readonly found: MemoryFile[] = [];
  readonly #deps: MemoryDeps;
  readonly #seen = new Set<string>();
  #size = 0;

  constructor(deps: MemoryDeps) {
    this.#deps = deps;
  }

  async readFolder({ folder, source, names, rules = true }: Folder): Promise<void> {
    const { platform } = this.#deps.workspace;
    const found: Found = { source, home: folder, isRule: false, importedBy: undefined, depth: 0 };
    for (const name of names) await this.#read(joinPath(folder, name, platform), found);
    if (rules) await this.#readRules(joinPath(folder, 'rules', platform), { ...found, isRule: true });
  }

  async #readRules(folder: string, found: Found): Promise<void> {
    if (found.depth > MAX_DEPTH) return;
    const entries = await this.#deps.files.readDirectory(folder).catch(() => []);
    const sorted = [...entries].sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const { name, kind } of sorted) {
      const path = joinPath(folder, name, this.#deps.workspace.platform);
      if (kind === 'directory') await this.#readRules(path, { ...found, depth: found.depth + 1 });
      else if (name.endsWith('.md')) await this.#read(path, { ...found, depth: 0 });
    }
  }

  async #read(path: string, found: Found): Promise<void> {
    try {
      const text = await this.#load(path, found);
      if (text !== undefined) await this.#take(path, text, found);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#deps.log.debug('a memory file could not be read', { path, code: error.code });
    }
  }

  /** undefined: it isn't there, has been read before, may not be read, or is no text. */
  async #load(path: string, found: Found): Promise<string | undefined> {
    const { files, log } = this.#deps;
    const stat = await files.stat(path);
    if (stat?.kind !== 'file') return undefined;
    const trace = await files.tracePath(path);
    const { real } = trace;
    if (this.#seen.has(real)) return undefined;
    if (!(await mayRead({ path, trace }, found, this.#deps))) {
      log.warn('a memory file may not be read and was left out', { path, importedBy: found.importedBy });
      return undefined;
    }
    this.#seen.add(real);
    if (stat.size > MAX_BYTES) return `[${path} has ${stat.size} bytes: too large to be told here.]`;
    return decodeText(await files.readFile(path, { maxBytes: MAX_BYTES }))?.text;
  }

  async #take(path: string, text: string, found: Found): Promise<void> {
    const { platform } = this.#deps.workspace;
    const { fields, body } = found.isRule ? await parseFrontmatter(text) : { fields: {}, body: text };
    const globs = listField(fields, 'paths');
    const fitted = this.#fit(path, body.trim());
    if (fitted === '') return;
    this.found.push({
      path,
      source: found.source,
      text: fitted,
      importedBy: found.importedBy,
      globs: globs === undefined || globs.length === 0 ? undefined : globs,
      base: found.source === 'user' ? this.#deps.workspace.cwd : parentPath(found.home, platform),
    });
    if (found.depth >= MAX_DEPTH || globs !== undefined) return;
    for (const written of await findImports(body)) {
      const imported = { ...found, isRule: false, importedBy: path, depth: found.depth + 1 };
      await this.#read(this.#resolve(written, path), imported);
    }
  }

  #resolve(written: string, from: string): string {
    const { home, platform } = this.#deps.workspace;
    if (written.startsWith('~/')) return joinPath(home, written.slice(2), platform);
    return joinPath(parentPath(from, platform), written, platform);
  }

  #fit(path: string, text: string): string {
    const room = Math.min(MAX_FILE, MAX_TOTAL - this.#size);
    const kept = text.slice(0, Math.max(0, room));
    this.#size += kept.length;
    if (kept.length === text.length) return text;
    return `${kept}\n\n[Cut here: ${path} has ${text.length} characters. Read it when you need the rest.]`.trim();
  }
}

/**
 * A memory file is read where it lies in its own folder, or where Read would not have to ask. What a deny rule covers is
 * never read; what a project imports from elsewhere counts as any other file, whatever the mode.
 */
async function mayRead(
  { path, trace }: { readonly path: string; readonly trace: PathTrace },
  { source, home, importedBy }: Found,
  { files, permissions, configDir, workspace }: MemoryDeps,
): Promise<boolean> {
  const decision = decidePermission(
    {
      toolName: 'Read',
      input: { file_path: path },
      effects: [{ kind: 'read', path }],
      places: new Map([[path, trace]]),
    },
    { ...permissions(), mode: 'default' },
  );
  if (decision.behavior !== 'ask') return decision.behavior === 'allow';
  const { real } = trace;
  if (importedBy === undefined) {
    return source === 'user' || isInside(await files.realPath(home), real, workspace.platform);
  }
  return source === 'user' && isInside(await files.realPath(configDir), real, workspace.platform);
}
