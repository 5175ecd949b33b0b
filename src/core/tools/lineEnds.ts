/**
 * The model works on text whose lines all end in "\n". This file knows where those line ends were "\r\n", so that an edit
 * made on the simple text changes nothing else in the real one.
 */

/** The text as the model sees it. */
export function toModelText(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** A piece of the model's text to replace. Offsets in UTF-16 units. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/**
 * Makes the changes (in order, not overlapping, in offsets of the model's text) in the real text. What a change leaves as
 * it is stays as it is, also within the change; new lines end like the line beside them.
 */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  const model = toModelText(text);
  const toReal = createOffsetMap(text);
  let result = '';
  let done = 0;
  for (const change of changes.map((each) => trimCommon(model, each))) {
    const [start, end] = [toReal(change.start), toReal(change.end)];
    const lineEnd = findLineEnd(text, start, end);
    result += text.slice(done, start) + withLineEnds(change.replacement, lineEnd);
    done = end;
  }
  return result + text.slice(done);
}

/** The line end most lines of the text have; undefined when it has none. */
export function findUsualLineEnd(text: string): '\n' | '\r\n' | undefined {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  if (all === 0) return undefined;
  return windows > all - windows ? '\r\n' : '\n';
}

/** Gives all lines the same end. */
export function withLineEnds(text: string, lineEnd: '\n' | '\r\n'): string {
  const plain = toModelText(text);
  return lineEnd === '\n' ? plain : plain.replaceAll('\n', '\r\n');
}

/** From offsets in the model's text to offsets in the real one. */
function createOffsetMap(text: string): (offset: number) => number {
  /** Offsets, in the model's text, of the line ends that have lost a "\r". */
  const shortened: number[] = [];
  for (let at = text.indexOf('\r\n'); at !== -1; at = text.indexOf('\r\n', at + 2)) {
    shortened.push(at - shortened.length);
  }
  return (offset) => {
    let [low, high] = [0, shortened.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((shortened[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
}

/** Narrows a change to what really differs. */
function trimCommon(model: string, { start, end, replacement }: TextChange): TextChange {
  const longest = Math.min(end - start, replacement.length);
  let before = 0;
  while (before < longest && model[start + before] === replacement[before]) before += 1;
  let after = 0;
  while (after < longest - before && model[end - 1 - after] === replacement[replacement.length - 1 - after]) {
    after += 1;
  }
  return {
    start: start + before,
    end: end - after,
    replacement: replacement.slice(before, replacement.length - after),
  };
}

/** How the line ends at this place: that of the replaced text, else of the line before, else of the line after. */
function findLineEnd(text: string, start: number, end: number): '\n' | '\r\n' {
  const within = text.indexOf('\n', start);
  if (within !== -1 && within < end) return lineEndAt(text, within);
  const before = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
  if (before !== -1) return lineEndAt(text, before);
  const after = text.indexOf('\n', end);
  return after === -1 ? '\n' : lineEndAt(text, after);
}

function lineEndAt(text: string, newline: number): '\n' | '\r\n' {
  return text[newline - 1] === '\r' ? '\r\n' : '\n';
}
