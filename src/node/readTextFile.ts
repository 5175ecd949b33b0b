/** A whole file as text. */
import { readFile } from 'node:fs/promises';
import { isMissing } from './fileOperations.ts';

/** undefined: it isn't there. Throws what the system says when it is there and can't be read. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
