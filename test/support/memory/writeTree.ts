/** Puts files into a file system in memory, with the folders they need. */
import { MemoryFileSystem } from './fileSystem.ts';

/** Absolute paths to their texts. */
export async function writeTree(
  texts: Readonly<Record<string, string>>,
  files = new MemoryFileSystem(),
): Promise<MemoryFileSystem> {
  for (const [path, text] of Object.entries(texts)) {
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')) || '/');
    await files.writeFile(path, new TextEncoder().encode(text));
  }
  return files;
}
