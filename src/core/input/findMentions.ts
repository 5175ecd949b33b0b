/** Files and folders that a person names in what they say: `@src/a.ts`, `@"my notes.md"`, `@a.ts#L5-20`, `@src/`. */

export interface Mention {
  /** As it was written. */
  readonly path: string;
  /** Lines, from 1; absent: all. */
  readonly lines?: { readonly from: number; readonly to: number };
}

/** Behind the beginning, a blank or an opening bracket: what has letters before it is an address, or a decorator. */
const MENTION = /(?:^|(?<=[\s([{]))@(?:"([^"\n]+)"|([^\s"]+))/g;
const LINES = /#L?(\d+)(?:-L?(\d+))?$/;
/** More would rather be a text that happens to have such words. */
const MOST = 20;

/** Each once, in the order they come. Whether there is such a file is not looked at. */
export function findMentions(text: string): readonly Mention[] {
  const found = new Map<string, Mention>();
  for (const [, quoted, plain = ''] of text.matchAll(MENTION)) {
    if (found.size === MOST) break;
    // A sentence may end behind it, and brackets close.
    const written = quoted ?? plain.replace(/[.,;:!?'`)\]}>]+$/, '');
    const range = LINES.exec(written);
    const path = range === null ? written : written.slice(0, range.index);
    if (path === '') continue;
    found.set(written, { path, ...toLines(range) });
  }
  return [...found.values()];
}

function toLines(range: RegExpExecArray | null): Pick<Mention, 'lines'> {
  if (range === null) return {};
  const from = Math.max(1, Number(range[1]));
  return { lines: { from, to: Math.max(from, Number(range[2] ?? range[1])) } };
}
