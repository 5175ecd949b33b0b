/** Paths as people read them. */

/**
 * Relative to the first folder of the workspace where it lies inside; in another folder of it with that folder's name before;
 * the whole path where it lies elsewhere, or where the name would fit several folders.
 */
export function toShownPath(path: string, folders: readonly string[]): string {
  const [first, ...others] = folders;
  const inFirst = first === undefined ? null : toRest(path, first);
  if (inFirst !== null) return inFirst;
  const folder = others.find((each) => toRest(path, each) !== null);
  if (folder === undefined) return path;
  const name = toBaseName(folder);
  const isClear = folders.filter((each) => toBaseName(each) === name).length === 1;
  return isClear ? path.slice(folder.length - name.length) : path;
}

/** null: it isn't inside. */
function toRest(path: string, folder: string): string | null {
  if (!path.startsWith(folder)) return null;
  const rest = path.slice(folder.length);
  return rest.startsWith('/') || rest.startsWith('\\') ? rest.slice(1) : null;
}

export function toBaseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
