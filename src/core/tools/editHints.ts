/** Why an edit can't be made, in words that help the model to make it right the next time. */
import { cutLine, formatLines } from './numberedLines.ts';
import type { TextEncoding } from './textEncoding.ts';

/** Lines of the file shown in a hint. */
const maxShownLines = 20;
/** Texts beyond this are not searched for near misses. Characters. */
const maxSearched = 2_000_000;

export function explainNotFound(text: string, wanted: string, replacement: string): string {
  const start = 'old_string was not found in the file.';
  if (/^ *\d+\t/m.test(wanted) && text.includes(wanted.replace(/^ *\d+\t/gm, ''))) {
    return `${start} It holds line numbers as Read shows them: leave them out, with the tab behind them.`;
  }
  if (text.length <= maxSearched) {
    const near = findNear(text, wanted);
    if (near !== undefined) return `${start} ${near}`;
  }
  if (replacement.trim() !== '' && text.includes(replacement)) {
    return `${start} But new_string is in it: the change may have been made already. Read the file to see.`;
  }
  return `${start} Read the file (or that part of it) again, and copy the text exactly.`;
}

export function explainAmbiguous(lines: readonly number[]): string {
  const shown = lines.slice(0, maxShownLines).join(', ');
  const more = lines.length > maxShownLines ? ', …' : '';
  return (
    `old_string is in the file ${lines.length} times (lines ${shown}${more}). Add lines around it until it is ` +
    'unique, or set replace_all to change every one of them.'
  );
}

export function explainUnencodable(encoding: TextEncoding, character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (encoding !== 'latin-1')
    return `The new text holds ${code}, half of a character, which no file can hold.`;
  return (
    `The file is in Latin-1 (or is damaged UTF-8), which has no ${JSON.stringify(character)} (${code}). The file is ` +
    'unchanged. Leave that character out, or convert the file to UTF-8 first, if the user wants that.'
  );
}

/** Differences that are easy to overlook, the slightest first. */
const blindnesses: readonly { readonly what: string; readonly simplify: (line: string) => string }[] = [
  { what: 'in the spaces at the end of lines', simplify: (line) => line.trimEnd() },
  { what: 'in the indentation (spaces or tabs)', simplify: (line) => line.trim() },
  { what: 'in white space', simplify: (line) => line.replace(/\s+/g, '') },
  {
    what: 'in quotation marks, dashes or invisible characters',
    simplify: (line) =>
      line
        .replace(/[\u2018\u2019\u201a\u2032]/g, "'")
        .replace(/[\u201c\u201d\u201e\u2033]/g, '"')
        .replace(/[\u2010-\u2015\u2212]/g, '-')
        .replace(/[\p{Cf}\s]+/gu, ''),
  },
  { what: 'in upper and lower case', simplify: (line) => line.replace(/\s+/g, '').toLowerCase() },
];

/** A place that differs only in what is easy to overlook. */
function findNear(text: string, wanted: string): string | undefined {
  const lines = text.split('\n');
  const sought = wanted.replace(/^\n+|\n+$/g, '').split('\n');
  for (const { what, simplify } of blindnesses) {
    const pattern = sought.map(simplify);
    if (pattern.join('') === '') return undefined;
    const at = findLines(lines.map(simplify), pattern);
    if (at === -1) continue;
    const found = lines.slice(at, at + Math.min(sought.length, maxShownLines)).map((line) => cutLine(line));
    return `A passage that differs only ${what} is here; copy it exactly:\n${formatLines(found, at + 1)}`;
  }
  return undefined;
}

/** The first and the last line of the pattern may be parts of lines. */
function findLines(lines: readonly string[], pattern: readonly string[]): number {
  const last = pattern.length - 1;
  return lines.findIndex((_, at) =>
    pattern.every((sought, index) => {
      const line = lines[at + index];
      if (line === undefined) return false;
      if (last === 0) return line.includes(sought);
      if (index === 0) return line.endsWith(sought);
      return index === last ? line.startsWith(sought) : line === sought;
    }),
  );
}
