/**
 * Which files a workspace has, for mentions. They are listed when one is begun, and again when something was made or removed since;
 * between that a search looks at what is known.
 */
import type { AgentPorts } from '../agent.ts';
import { joinPath } from '../paths.ts';
import { startRipgrep } from '../tools/ripgrep.ts';
import { withoutFileErrors } from '../tools/toolOutcome.ts';
import { type FoundPath, PathTable } from './pathTable.ts';

export interface FileIndexDeps {
  readonly ports: Pick<AgentPorts, 'files' | 'processes' | 'workspace' | 'clock' | 'log' | 'fileNews'>;
}

export interface FileSearch {
  /** What is typed of a path, with slashes. */
  readonly wanted: string;
  readonly most: number;
  /** Of a path relative to the folder of the session. */
  readonly accept: (path: string) => boolean;
}

/** Files that are known. */
const MAX_FILES = 1_000_000;
/** Folders that are looked into where there is no ripgrep. */
const MAX_FOLDERS = 2000;
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules']);
/** Milliseconds that a search waits for a new listing before it goes by the last. */
const PATIENCE_MS = 200;
/** Where nobody tells of news a listing is as good as new for so long. Milliseconds. */
const GOOD_MS = 2000;
/** After a listing comes a rest of so many times what it took, and of no more than so many milliseconds. */
const REST = { times: 5, most: 10_000 } as const;

interface Listing {
  readonly table: PathTable;
  /** What it was made for: folder, news, what is hidden. */
  readonly state: string;
  /** Milliseconds, on the clock that only goes forward: when it was over, and when the next may begin. */
  readonly at: number;
  readonly restUntil: number;
}

export class FileIndex {
  readonly #deps: FileIndexDeps;
  readonly #closing = new AbortController();
  #listing: Listing | undefined;
  #running: Promise<void> | undefined;
  /** Changes of the session itself. */
  #changes = 0;

  constructor(deps: FileIndexDeps) {
    this.#deps = deps;
  }

  /** The session has made or removed files. */
  changed(): void {
    this.#changes += 1;
  }

  /** The best first. The first search waits until all is listed. */
  async search(search: FileSearch): Promise<readonly FoundPath[]> {
    await this.#freshen();
    return this.#listing?.table.search(search) ?? [];
  }

  close(): void {
    this.#closing.abort();
  }

  async #freshen(): Promise<void> {
    const { clock, workspace, fileNews } = this.#deps.ports;
    const news = await fileNews?.now();
    const hidden = news?.hidden ?? [];
    const state = JSON.stringify([workspace.cwd, news?.count ?? null, this.#changes, hidden]);
    const now = clock.monotonic();
    const last = this.#listing;
    const isGood = last?.state === state && (news !== undefined || now < last.at + GOOD_MS);
    if (last !== undefined && (isGood || now < last.restUntil)) return;
    this.#running ??= this.#list(state, hidden).finally(() => {
      this.#running = undefined;
    });
    const waited = new AbortController();
    const late = clock.sleep(PATIENCE_MS, waited.signal).catch(() => undefined);
    await (last === undefined ? this.#running : Promise.race([this.#running, late]));
    waited.abort();
  }

  /** Never rejects. */
  async #list(state: string, hidden: readonly string[]): Promise<void> {
    const { clock, log } = this.#deps.ports;
    const started = clock.monotonic();
    const table = new PathTable();
    try {
      await listFiles(table, { ...this.#deps, hidden, signal: this.#closing.signal });
    } catch (error) {
      if (!this.#closing.signal.aborted)
        log.warn('the files of the workspace could not be listed', { error: String(error) });
      return;
    }
    table.close();
    const at = clock.monotonic();
    const restUntil = at + Math.min(REST.most, (at - started) * REST.times);
    this.#listing = { table, state, at, restUntil };
  }
}

interface ToList extends FileIndexDeps {
  /** Patterns of what is not shown, besides what `.gitignore` excludes. */
  readonly hidden: readonly string[];
  readonly signal: AbortSignal;
}

/** What `.gitignore` excludes is left out. Without ripgrep nothing is known of that. */
async function listFiles(table: PathTable, { ports, hidden, signal }: ToList): Promise<void> {
  const { processes, workspace } = ports;
  const request = {
    args: ['--files', '--null', ...hidden.map(toGlob)],
    target: '.',
    folder: workspace.cwd,
    separator: '\0',
  } as const;
  const started = await startRipgrep(request, { processes, signal });
  if (started.kind === 'refused') return walkFolders(table, { ports, signal });
  let count = 0;
  for await (const record of started.records) {
    table.add(record.replaceAll('\\', '/').replace(/^\.\//, ''));
    count += 1;
    if (count === MAX_FILES) break;
  }
}

/** To the editor a pattern without a slash in front means what lies at the top. */
function toGlob(pattern: string): string {
  return `--glob=!${pattern.startsWith('**/') ? pattern : `/${pattern.replace(/^\//, '')}`}`;
}

/** Where there is no ripgrep: folder by folder, the upper ones first; links are not followed. */
async function walkFolders(
  table: PathTable,
  { ports: { files, workspace }, signal }: Pick<ToList, 'ports' | 'signal'>,
): Promise<void> {
  const folders = [''];
  for (let read = 0; read < folders.length && read < MAX_FOLDERS; read += 1) {
    signal.throwIfAborted();
    const folder = folders[read] ?? '';
    const path = joinPath(workspace.cwd, folder, workspace.platform);
    for (const { name, kind } of (await withoutFileErrors(() => files.readDirectory(path))) ?? []) {
      const inside = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'file') table.add(inside);
      else if (kind === 'directory' && !PASSED_OVER.has(name)) folders.push(inside);
    }
  }
}
