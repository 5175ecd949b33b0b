/** Where a search starts, and which of the files found there may be told. */
import { baseName, joinPath, parentPath, toSlashes } from '../paths.ts';
import type { ToolContext } from './tool.ts';
import { displayPath, escapeName } from './toolPath.ts';

export interface SearchPlace {
  /** The folder ripgrep runs in. */
  readonly folder: string;
  /** What it searches, seen from there: "." or "./name". */
  readonly target: string;
  /** Absolute path of a file, from its path in ripgrep's output. */
  locate(found: string): string;
  /** False for files that a rule keeps from the model, by the name found or by the real one. */
  mayTell(found: string): boolean;
  /** The file's name for the model: relative to the working folder, everything in it visible. */
  display(found: string): string;
}

/** A text says why there is nothing to search. */
export async function findSearchPlace(path: string, context: ToolContext): Promise<SearchPlace | string> {
  const { workspace, files } = context;
  const { platform } = workspace;
  const stat = await files.stat(path);
  if (stat === undefined)
    return `${displayPath(path, workspace)} does not exist, so there is nothing to search.`;
  const isFile = stat.kind !== 'directory';
  const folder = isFile ? parentPath(path, platform) : path;
  const realFolder = await files.realPath(folder);
  const { mayRead } = context;
  return {
    folder,
    target: isFile ? `./${baseName(path, platform)}` : '.',
    locate: (found) => joinPath(folder, found, platform),
    mayTell: (found) =>
      mayRead === undefined ||
      (mayRead(joinPath(folder, found, platform)) && mayRead(joinPath(realFolder, found, platform))),
    display: (found) =>
      escapeName(toSlashes(displayPath(joinPath(folder, found, platform), workspace), platform)),
  };
}

/** Files that are put into order; a search that finds more is stopped. */
export const maxSorted = 20_000;

/** Files by the time of their last change, newest first; those that can't be looked at come last. */
export async function sortNewestFirst(
  paths: readonly string[],
  files: Pick<ToolContext['files'], 'stat'>,
): Promise<readonly string[]> {
  const dated: { readonly path: string; readonly time: number }[] = [];
  const batch = 64;
  for (let start = 0; start < paths.length; start += batch) {
    const some = paths.slice(start, start + batch).map(async (path) => {
      const stat = await files.stat(path).catch(() => undefined);
      return { path, time: stat?.mtimeMs ?? 0 };
    });
    dated.push(...(await Promise.all(some)));
  }
  return dated.sort((a, b) => b.time - a.time || (a.path < b.path ? -1 : 1)).map(({ path }) => path);
}
