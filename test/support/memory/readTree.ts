import type { FileSystem } from '../../../src/core/ports.ts';

/** What a tree is compared by: path below the root -> kind, mode, bytes or link target. */
export type Tree = Readonly<Record<string, string>>;

export async function readTree(files: FileSystem, root: string): Promise<Tree> {
  const tree: Record<string, string> = {};
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const { name } of await files.readDirectory(folder)) {
      const path = `${folder}/${name}`;
      const stat = await files.lstat(path);
      const mode = (stat?.mode ?? 0).toString(8);
      const key = `${prefix}${name}`;
      if (stat?.kind === 'directory') {
        tree[`${key}/`] = mode;
        await walk(path, `${key}/`);
      } else if (stat?.kind === 'symlink') {
        tree[key] = `-> ${await files.readLink(path)}`;
      } else if (stat?.kind === 'file') {
        tree[key] = `${mode} ${toText(await files.readFile(path))}`;
      } else {
        tree[key] = 'other';
      }
    }
  };
  await walk(root, '');
  return Object.fromEntries(Object.entries(tree).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Latin-1, so that every byte counts. */
function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
