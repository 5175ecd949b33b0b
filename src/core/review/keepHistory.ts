/**
 * Where the keeps of a document stand between its edits, so that undo and redo go through both in their order. A keep changes no
 * text and the editor's own history knows nothing of it: it is followed here by the texts that the document has gone through. Pure.
 */

/** A keep, done when the document stood at `at`. `isKept`: it is not taken back. */
interface PlacedKeep<Keep> {
  readonly at: number;
  readonly keep: Keep;
  readonly isKept: boolean;
}

export interface KeepHistory<Keep> {
  /** Of each text, in the order of their edits: what tells it from others. */
  readonly texts: readonly string[];
  /** Which of them may stand there now: several where an undo could have led to any of them. In their order. */
  readonly places: readonly number[];
  /** In the order in which they were done. */
  readonly keeps: readonly PlacedKeep<Keep>[];
}

/** How a text came to be. */
export type TextStep = 'edit' | 'undo' | 'redo';

/** What undo or redo does next, where that is a keep. */
export type KeepStep = 'back' | 'again';

/** Texts that are remembered of a document. */
const MOST_TEXTS = 2_000;

/** `history` undefined: nothing has been kept in this document yet. */
export function addKeep<Keep>(
  history: KeepHistory<Keep> | undefined,
  text: string,
  keep: Keep,
): KeepHistory<Keep> {
  const place = history === undefined ? undefined : onlyPlace(history);
  if (history === undefined || place === undefined || history.texts[place] !== text)
    return { texts: [text], places: [0], keeps: [{ at: 0, keep, isKept: true }] };
  const before = history.keeps.filter(({ at, isKept }) => at < place || (at === place && isKept));
  const behind = history.keeps.filter(({ at }) => at > place);
  return { ...history, keeps: [...before, { at: place, keep, isKept: true }, ...behind] };
}

/** Where nobody says how a text came to be: one that was there before is there again by an undo, or a redo. */
export function toLikelyStep<Keep>({ texts, places }: KeepHistory<Keep>, text: string): TextStep {
  const found = indicesOf(texts, text);
  if (found.some((index) => index < Math.max(...places))) return 'undo';
  return found.some((index) => index > Math.min(...places)) ? 'redo' : 'edit';
}

/** undefined: it can't be told any more where the keeps stand. */
export function noteText<Keep>(
  history: KeepHistory<Keep>,
  step: TextStep,
  text: string,
): KeepHistory<Keep> | undefined {
  switch (step) {
    case 'edit':
      return noteEdit(history, text);
    case 'undo':
      return noteUndo(history, text);
    case 'redo':
      return noteRedo(history, text);
    default:
      return step satisfies never;
  }
}

/** undefined: what comes next is an edit of the text, or it can't be told. */
export function nextKeep<Keep>(history: KeepHistory<Keep>, step: KeepStep): Keep | undefined {
  const index = findNext(history, step);
  return index < 0 ? undefined : history.keeps[index]?.keep;
}

/** Whether undo, or redo, comes to a keep sooner or later. */
export function leadsToKeep<Keep>({ places, keeps }: KeepHistory<Keep>, step: KeepStep): boolean {
  return step === 'back'
    ? keeps.some(({ at, isKept }) => isKept && at <= Math.max(...places))
    : keeps.some(({ at, isKept }) => !isKept && at >= Math.min(...places));
}

/** After the next keep was taken back, or done again. */
export function moveKeep<Keep>(history: KeepHistory<Keep>, step: KeepStep): KeepHistory<Keep> {
  const index = findNext(history, step);
  return {
    ...history,
    keeps: history.keeps.with(index, { ...at(history, index), isKept: step === 'again' }),
  };
}

function at<Keep>({ keeps }: KeepHistory<Keep>, index: number): PlacedKeep<Keep> {
  const keep = keeps[index];
  if (keep === undefined) throw new RangeError('There is no keep here.');
  return keep;
}

/** -1: there is none. Of the keeps at one place those that are taken back are the last. */
function findNext<Keep>(history: KeepHistory<Keep>, step: KeepStep): number {
  const place = onlyPlace(history);
  if (place === undefined) return -1;
  return step === 'back'
    ? history.keeps.findLastIndex((keep) => keep.at === place && keep.isKept)
    : history.keeps.findIndex((keep) => keep.at === place && !keep.isKept);
}

function onlyPlace<Keep>({ places }: KeepHistory<Keep>): number | undefined {
  return places.length === 1 ? places[0] : undefined;
}

/** What had been undone can't come again. */
function noteEdit<Keep>(history: KeepHistory<Keep>, text: string): KeepHistory<Keep> | undefined {
  const place = onlyPlace(history);
  if (place === undefined || place + 1 >= MOST_TEXTS) return undefined;
  return {
    texts: [...history.texts.slice(0, place + 1), text],
    places: [place + 1],
    keeps: history.keeps.filter((keep) => keep.at < place || (keep.at === place && keep.isKept)),
  };
}

function noteUndo<Keep>(history: KeepHistory<Keep>, text: string): KeepHistory<Keep> | undefined {
  const { texts, places, keeps } = history;
  const last = Math.max(...places);
  const found = indicesOf(texts, text).filter((index) => index < last);
  if (found.length > 0) return { ...history, places: found };
  // All since the first keep is known: this is from before it.
  return {
    texts: [text, ...texts],
    places: [0],
    keeps: keeps.map((keep) => ({ ...keep, at: keep.at + 1 })),
  };
}

function noteRedo<Keep>(history: KeepHistory<Keep>, text: string): KeepHistory<Keep> | undefined {
  const { texts, places } = history;
  const first = Math.min(...places);
  const found = indicesOf(texts, text).filter((index) => index > first);
  if (found.length > 0) return { ...history, places: found };
  // Of what was undone before the first keep nothing is known.
  if (first !== texts.length - 1 || places.length > 1) return undefined;
  return { ...history, texts: [...texts, text], places: [first + 1] };
}

function indicesOf(texts: readonly string[], text: string): readonly number[] {
  return texts.flatMap((each, index) => (each === text ? [index] : []));
}
