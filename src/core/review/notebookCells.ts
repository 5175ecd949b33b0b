/** The changes of a notebook by cell: what an agent has changed in cells that stand one behind the other is answered one by one. Pure. */
import * as z from 'zod';
import type { Lines, ReviewPiece, ReviewText } from './reviewText.ts';

const cellSchema = z.looseObject({
  cell_type: z.string(),
  id: z.string().optional(),
  source: z.string().catch(''),
});
type Cell = z.infer<typeof cellSchema>;

/** So much of the larger source stands in both; then they may be the same cell. */
const LEAST_SIMILARITY = 0.5;

/** Each stretch that was changed has one cell of the agent's at most. Of what was taken away at one place all is one. */
export function splitCells(text: ReviewText): ReviewText {
  return text.flatMap((piece) => (piece.turns.length === 0 ? [piece] : split(piece)));
}

/** The cells, as a model can read what has become of them. */
export function toOutline(lines: Lines): string {
  return lines
    .map((line) => readCell(line))
    .filter((cell) => cell !== undefined)
    .map(({ id, cell_type, source }, index) => `# cell ${id ?? index + 1} (${cell_type})\n${source}\n`)
    .join('\n');
}

function split({ base, agent, turns }: ReviewPiece): readonly ReviewPiece[] {
  const pieces: ReviewPiece[] = [];
  let at = 0;
  for (const line of agent) {
    const found = base.findIndex((each, index) => index >= at && isSameCell(each, line));
    if (found > at) pieces.push({ base: base.slice(at, found), agent: [], turns });
    pieces.push({ base: found < 0 ? [] : base.slice(found, found + 1), agent: [line], turns });
    if (found >= 0) at = found + 1;
  }
  if (at < base.length) pieces.push({ base: base.slice(at), agent: [], turns });
  return pieces;
}

function isSameCell(left: string, right: string): boolean {
  const [before, after] = [readCell(left), readCell(right)];
  // What is no cell is the rest of the notebook, of which there is one.
  if (before === undefined || after === undefined) return before === after;
  if (before.id !== undefined && after.id !== undefined) return before.id === after.id;
  return before.cell_type === after.cell_type && isSimilar(toLines(before.source), toLines(after.source));
}

/** undefined: it is the line of the notebook itself. */
function readCell(line: string): Cell | undefined {
  const parsed = cellSchema.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data : undefined;
}

function isSimilar(left: Lines, right: Lines): boolean {
  const longest = Math.max(left.length, right.length);
  const rest = [...right];
  const common = left.filter((line) => {
    const index = rest.indexOf(line);
    if (index >= 0) rest.splice(index, 1);
    return index >= 0;
  });
  return longest === 0 || common.length >= longest * LEAST_SIMILARITY;
}

function toLines(source: string): Lines {
  return source.split('\n');
}
