/** What is shipped, with the grammar of commands broken in it: as if the bundle had been put together without it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Breaks it in every script of the folder, minified or not. Throws when it is in none of them. */
export async function breakParser(folder: string): Promise<void> {
  let count = 0;
  for (const name of await readdir(folder)) {
    if (!/\.c?js$/.test(name)) continue;
    const source = await readFile(join(folder, name), 'utf8');
    const broken = source.replaceAll(START, (start) => `${start}throw new Error("the grammar is missing");`);
    if (broken === source) continue;
    await writeFile(join(folder, name), broken);
    count += 1;
  }
  if (count === 0) throw new Error(`There is no grammar of commands in ${folder}.`);
}

/** Where `unbash` begins to read a text: the method that speaks of its own limit. */
const START = /\brun\(\)\s*\{(?=[^{}]{0,300}maximum substitution nesting depth exceeded)/g;
