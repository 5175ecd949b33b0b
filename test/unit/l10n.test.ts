// What the panel and the extension say through `t` has its words in each language, and nothing else stands there.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const bundle = z
  .record(z.string(), z.string())
  .parse(JSON.parse(readFileSync('l10n/bundle.l10n.zh-cn.json', 'utf8')));

/** A call of `t` or `l10n.t`, and its text where that is written out. */
const CALL = /(?<![\w.])(?:l10n\.)?t\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")?/g;

interface Call {
  readonly file: string;
  /** undefined: it is made up when the program runs. */
  readonly text: string | undefined;
}

const calls: readonly Call[] = ['webview', 'src/vscode'].flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('texts.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(room, file), 'utf8');
      return [...source.matchAll(CALL)].map(([, single, double]) => ({
        file: join(room, file),
        text: (single ?? double)?.replaceAll(/\\(.)/g, '$1'),
      }));
    }),
);

const placesIn = (text: string): readonly string[] => (text.match(/\{\d+\}/g) ?? []).toSorted();

describe('what is said in the language of the editor', () => {
  it('is written out where it is said, so that it can be found', () => {
    expect(calls.filter(({ text }) => text === undefined).map(({ file }) => file)).toEqual([]);
    expect(calls.length).toBeGreaterThan(50);
  });

  it('has its words, and the words are all used', () => {
    const said = new Set(calls.map(({ text }) => text));
    expect(Object.keys(bundle).toSorted()).toEqual([...said].toSorted());
  });

  it.each(Object.entries(bundle))('has in “%s” the same values, in Chinese', (text, there) => {
    expect(placesIn(there)).toEqual(placesIn(text));
    expect(there).toMatch(/\p{Script=Han}/u);
  });
});
