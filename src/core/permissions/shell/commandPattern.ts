/**
 * What the brackets of a rule for commands cover: `npm test` is that command and no other, `npm run build:*` and
 * `npm run build *` whatever begins with these words, and a `*` anywhere else any text. `\*` is an asterisk.
 */
import { parse } from 'unbash';
import { toForm } from './commandForms.ts';
import { readWord } from './shellWord.ts';

export interface CommandPattern {
  readonly kind: 'exact' | 'prefix' | 'wildcard';
  /** The texts between the wildcards, as forms (commandForms.ts). */
  readonly pieces: readonly string[];
}

export function parseCommandPattern(scope: string): CommandPattern {
  const text = scope.replace(/:\*$/, ' *');
  // Whoever means everything says so without brackets.
  if (/^[\s*:]*$/.test(text)) return { kind: 'exact', pieces: [''] };
  const pieces = text.split(/(?<!\\)\*/).map((piece) => piece.replaceAll('\\*', '*'));
  if (pieces.length === 1) return { kind: 'exact', pieces: [toWordsForm(pieces[0] ?? '')] };
  if (pieces.length === 2 && pieces[1] === '' && /[ \t]$/.test(pieces[0] ?? ''))
    return { kind: 'prefix', pieces: [toWordsForm(pieces[0] ?? '')] };
  return { kind: 'wildcard', pieces: pieces.map((piece) => squeeze(piece).replace(/["']/g, '')) };
}

/** `form`: of a simple command. */
export function coversForm({ kind, pieces }: CommandPattern, form: string): boolean {
  const [first = '', ...more] = pieces;
  if (kind === 'exact') return form === first;
  if (!form.startsWith(first)) return false;
  if (kind === 'prefix') return form.length === first.length || form[first.length] === ' ';
  return matchPieces(more, form, first.length);
}

/** Whether words that follow `start`, and can't be told, could make it a command that is covered. */
export function couldCover({ kind, pieces }: CommandPattern, start: string): boolean {
  const [first = ''] = pieces;
  if (kind === 'exact') return first.startsWith(start);
  return first.startsWith(start) || start.startsWith(first);
}

/** Each piece at its first place behind the one before, the last at the end. A last `*` behind a blank may stand for nothing. */
function matchPieces(pieces: readonly string[], form: string, from: number): boolean {
  let position = from;
  for (const [index, piece] of pieces.entries()) {
    if (index === pieces.length - 1) {
      if (piece === '') return true;
      return form.length - piece.length >= position && form.endsWith(piece);
    }
    const isBeforeLastStar = index === pieces.length - 2 && pieces.at(-1) === '' && piece.endsWith(' ');
    if (isBeforeLastStar && form.slice(position).endsWith(piece.trimEnd())) return true;
    const found = form.indexOf(piece, position);
    if (found === -1) return false;
    position = found + piece.length;
  }
  return true;
}

function squeeze(text: string): string {
  return text.replace(/[ \t]+/g, ' ');
}

/** Quotes in a rule mean what they mean in a command. */
function toWordsForm(text: string): string {
  const plain = squeeze(text).replace(/^ | $/g, '');
  if (!/['"\\$`~\n]/.test(plain)) return plain;
  try {
    return unquote(plain);
  } catch {
    // Where the grammar fails every command is asked about; that one rule is not read must not keep the others from counting.
    return plain;
  }
}

function unquote(text: string): string {
  const [statement, ...others] = parse(text).commands;
  const command = statement?.command;
  if (others.length > 0 || command?.type !== 'Command' || command.name === undefined) return text;
  if (command.prefix.length > 0 || command.suffix.some(({ type }) => type !== 'Word')) return text;
  const place = { cwd: '', home: '' };
  return toForm(
    [command.name, ...command.args].flatMap((word) => (word.type === 'Word' ? [readWord(word, place)] : [])),
  );
}
