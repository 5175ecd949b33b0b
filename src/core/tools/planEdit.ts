/** Finds the text to replace and makes the new file, or says why it can't. Pure; every byte outside the edit stays. */
import { explainAmbiguous, explainNotFound, explainUnencodable } from './editHints.ts';
import { applyChanges, type TextChange, toModelText } from './lineEnds.ts';
import { type DecodedText, decodeText, encodeText } from './textEncoding.ts';

export interface EditRequest {
  readonly oldString: string;
  readonly newString: string;
  readonly replaceAll: boolean;
}

export type EditPlan =
  | {
      readonly kind: 'planned';
      readonly bytes: Uint8Array;
      /** The whole text before and after, lines ending in "\n". */
      readonly before: string;
      readonly after: string;
      /** Line numbers (from 1) of the replaced places. */
      readonly lines: readonly number[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

export function planEdit(bytes: Uint8Array, request: EditRequest): EditPlan {
  const decoded = decodeText(bytes);
  if (decoded === undefined) return refuse('It is a binary file, which Edit can not change.');
  const before = toModelText(decoded.text);
  const wanted = toModelText(request.oldString);
  const replacement = toModelText(request.newString);
  if (wanted === replacement)
    return refuse('old_string and new_string are the same: there is nothing to change.');
  // An empty old_string can only mean the whole of an empty file.
  if (wanted === '' && before !== '') {
    return refuse(
      'old_string is empty, but the file is not. Say which text to replace, or use Write for the whole file.',
    );
  }
  const starts = wanted === '' ? [0] : findAll(before, wanted);
  if (starts.length === 0) return refuse(explainNotFound(before, wanted, replacement));
  const lines = toLineNumbers(before, starts);
  if (starts.length > 1 && !request.replaceAll) return refuse(explainAmbiguous(lines));
  const changes = starts.map((start) => ({ start, end: start + wanted.length, replacement }));
  return encodeChanged(decoded, { before, changes, lines });
}

function encodeChanged(
  decoded: DecodedText,
  edit: {
    readonly before: string;
    readonly changes: readonly TextChange[];
    readonly lines: readonly number[];
  },
): EditPlan {
  const text = applyChanges(decoded.text, edit.changes);
  const outcome = encodeText(text, decoded);
  if (outcome.kind === 'unencodable') return refuse(explainUnencodable(decoded.encoding, outcome.character));
  return {
    kind: 'planned',
    bytes: outcome.bytes,
    before: edit.before,
    after: toModelText(text),
    lines: edit.lines,
  };
}

function refuse(reason: string): EditPlan {
  return { kind: 'refused', reason };
}

/** Starts of all occurrences that don't overlap. */
function findAll(text: string, wanted: string): readonly number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    starts.push(at);
  return starts;
}

function toLineNumbers(text: string, offsets: readonly number[]): readonly number[] {
  let line = 1;
  let at = 0;
  return offsets.map((offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  });
}
