/** A folder as it stands, with everything in it: what must be the same again after a rewind. */
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Path -> mode and content. */
export async function readTree(folder: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mode = (await lstat(path)).mode.toString(8);
    if (entry.isFile()) tree[relative(folder, path)] = `${mode} ${await readFile(path, 'utf8')}`;
    else if (entry.isSymbolicLink()) tree[relative(folder, path)] = `${mode} -> ${await readlink(path)}`;
    else tree[relative(folder, path)] = mode;
  }
  return tree;
}
