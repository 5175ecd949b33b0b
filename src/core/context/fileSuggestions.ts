/** Files and folders that somebody may mean who has typed a part of a path: for mentions (`@src/ma`). */
import type { AgentPorts } from '../agent.ts';
import { joinPath } from '../paths.ts';
import { isReadDenied } from '../permissions/decidePermission.ts';
import type { MutablePermissionState } from '../permissions/permissionState.ts';
import { startRipgrep } from '../tools/ripgrep.ts';
import { withoutFileErrors } from '../tools/toolOutcome.ts';

export interface FileSuggestion {
  /** Relative to the folder of the session, with slashes. */
  readonly path: string;
  readonly type: 'file' | 'directory';
}

interface Deps {
  readonly ports: Pick<AgentPorts, 'files' | 'processes' | 'workspace'>;
  readonly permissions: Pick<MutablePermissionState, 'context'>;
}

/** Files that are looked at. */
const MAX_FILES = 50_000;
/** Folders that are looked into where there is no ripgrep. */
const MAX_FOLDERS = 2000;
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules']);
const MAX_SUGGESTIONS = 15;
const MAX_QUERY = 500;

/** The best first. What `.gitignore` excludes and what may not be read is left out. Without ripgrep nothing is known of `.gitignore`. */
export async function suggestFiles(
  query: string,
  { ports, permissions }: Deps,
  signal: AbortSignal,
): Promise<readonly FileSuggestion[]> {
  const { workspace } = ports;
  const wanted = query
    .slice(0, MAX_QUERY)
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .toLowerCase();
  const context = permissions.context();
  const best: { readonly suggestion: FileSuggestion; readonly score: number }[] = [];
  for (const suggestion of withFolders(await listFiles({ ports, signal }))) {
    const score = scorePath(suggestion.path, wanted);
    if (score !== undefined) best.push({ suggestion, score });
  }
  best.sort((a, b) => b.score - a.score || (a.suggestion.path < b.suggestion.path ? -1 : 1));
  const shown: FileSuggestion[] = [];
  for (const { suggestion } of best) {
    if (shown.length === MAX_SUGGESTIONS) break;
    const path = joinPath(workspace.cwd, suggestion.path, workspace.platform);
    if (!isReadDenied(path, context)) shown.push(suggestion);
  }
  return shown;
}

interface Listing {
  readonly ports: Deps['ports'];
  readonly signal: AbortSignal;
}

/** Relative to the folder of the session, with slashes. */
async function listFiles({ ports, signal }: Listing): Promise<readonly string[]> {
  const { processes, workspace } = ports;
  const request = {
    args: ['--files', '--null'],
    target: '.',
    folder: workspace.cwd,
    separator: '\0',
  } as const;
  const started = await startRipgrep(request, { processes, signal });
  if (started.kind === 'refused') return walkFolders({ ports, signal });
  const files: string[] = [];
  for await (const record of started.records) {
    files.push(record.replaceAll('\\', '/').replace(/^\.\//, ''));
    if (files.length === MAX_FILES) break;
  }
  return files;
}

/** Where there is no ripgrep: folder by folder, the upper ones first; links are not followed. */
async function walkFolders({ ports: { files, workspace }, signal }: Listing): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let read = 0; read < folders.length && read < MAX_FOLDERS && found.length < MAX_FILES; read += 1) {
    signal.throwIfAborted();
    const folder = folders[read] ?? '';
    const path = joinPath(workspace.cwd, folder, workspace.platform);
    for (const { name, kind } of (await withoutFileErrors(() => files.readDirectory(path))) ?? []) {
      const inside = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'file') found.push(inside);
      else if (kind === 'directory' && !PASSED_OVER.has(name)) folders.push(inside);
    }
  }
  return found.slice(0, MAX_FILES);
}

function* withFolders(files: readonly string[]): Generator<FileSuggestion> {
  const folders = new Set<string>();
  for (const path of files) {
    yield { path, type: 'file' };
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) continue;
      folders.add(folder);
      yield { path: folder, type: 'directory' };
    }
  }
}

/**
 * undefined: the letters are not there in this order. Letters side by side, at the beginning of a word, and in the name
 * itself count more; long paths count less. `wanted`: in lower case.
 */
export function scorePath(path: string, wanted: string): number | undefined {
  const lower = path.toLowerCase();
  const name = lower.lastIndexOf('/') + 1;
  let score = -path.length / 100;
  let at = -1;
  const whole = lower.indexOf(wanted, name);
  if (wanted !== '' && whole !== -1) return score + wanted.length * 10 + (whole === name ? 20 : 0);
  for (const letter of wanted) {
    const found = lower.indexOf(letter, at + 1);
    if (found === -1) return undefined;
    score += 1;
    if (found === at + 1) score += 3;
    if (found === 0 || !/[\p{L}\p{N}]/u.test(lower[found - 1] ?? '')) score += 3;
    if (found >= name) score += 2;
    at = found;
  }
  return score;
}
