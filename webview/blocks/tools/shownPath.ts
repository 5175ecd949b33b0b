/** Paths as people read them. */

/** Relative to the workspace where it lies inside. */
export function toShownPath(path: string, cwd: string | null): string {
  if (cwd === null || !path.startsWith(cwd)) return path;
  const rest = path.slice(cwd.length);
  return rest.startsWith('/') || rest.startsWith('\\') ? rest.slice(1) : path;
}

export function toBaseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
