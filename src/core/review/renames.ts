/** Which of the files that came are files that went: by the same content, or by enough of it, as git sees it (gitdiffcore(7)). Pure. */
import type { Lines } from './reviewText.ts';

/** A file that went, with what stood in it, or one that came, with what stands in it. */
export interface MovedSide {
  readonly path: string;
  readonly lines: Lines;
}

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** So much of the larger one stands in both, by characters. */
const LEAST_SIMILARITY = 0.5;
/** Beyond so many pairs, or lines to be compared, files are the same only by all of their content. */
const MOST_PAIRS = 100_000;
const MOST_LINES = 2_000_000;

/** Each file is in one of them at most. Empty files are like no other. */
export function matchRenames(gone: readonly MovedSide[], come: readonly MovedSide[]): readonly Rename[] {
  const [left, right] = [gone.map(toContent), come.map(toContent)];
  const exact = findExact(left, right);
  const taken = new Set(exact.flatMap(({ from, to }) => [from, to]));
  const isFree = ({ path }: MovedSide): boolean => !taken.has(path);
  return [...exact, ...choose(findSimilar(left.filter(isFree), right.filter(isFree)))];
}

interface Content extends MovedSide {
  readonly length: number;
  readonly text: string;
  /** How often each line stands in it; made when it is first asked for. */
  readonly counts: () => ReadonlyMap<string, number>;
}

interface Match extends Rename {
  /** Up to 1. */
  readonly similarity: number;
  readonly hasSameName: boolean;
}

function toContent(side: MovedSide): Content {
  const text = side.lines.join('');
  let counts: Map<string, number> | undefined;
  const count = (): Map<string, number> => {
    const counted = new Map<string, number>();
    for (const line of side.lines) counted.set(line, (counted.get(line) ?? 0) + 1);
    return counted;
  };
  return { ...side, text, length: text.length, counts: () => (counts ??= count()) };
}

/** Of several with the same content those of the same name first. */
function findExact(gone: readonly Content[], come: readonly Content[]): readonly Rename[] {
  const free = new Map<string, Content[]>();
  for (const each of gone) free.set(each.text, [...(free.get(each.text) ?? []), each]);
  const renames: Rename[] = [];
  const take = (to: Content, isFit: (from: Content) => boolean): boolean => {
    const same = free.get(to.text) ?? [];
    const index = same.findIndex(isFit);
    const [from] = index < 0 ? [] : same.splice(index, 1);
    if (from !== undefined) renames.push({ from: from.path, to: to.path });
    return from !== undefined;
  };
  const filled = come.filter(({ length }) => length > 0);
  const rest = filled.filter((to) => !take(to, (from) => nameOf(from.path) === nameOf(to.path)));
  for (const to of rest) take(to, () => true);
  return renames;
}

function findSimilar(gone: readonly Content[], come: readonly Content[]): readonly Match[] {
  if (gone.length * come.length > MOST_PAIRS) return [];
  const pairs = gone.flatMap((from) => come.map((to) => [from, to] as const)).filter(mayBeSimilar);
  const work = pairs.reduce((sum, [from, to]) => sum + Math.min(from.lines.length, to.lines.length), 0);
  if (work > MOST_LINES) return [];
  return pairs
    .map(([from, to]) => toMatch(from, to, similarityOf(from, to)))
    .filter(({ similarity }) => similarity >= LEAST_SIMILARITY);
}

function mayBeSimilar([from, to]: readonly [Content, Content]): boolean {
  const [shorter, longer] = [Math.min(from.length, to.length), Math.max(from.length, to.length)];
  return shorter > 0 && shorter >= longer * LEAST_SIMILARITY;
}

function similarityOf(from: Content, to: Content): number {
  const [few, many] = [from.counts(), to.counts()].sort((left, right) => left.size - right.size);
  let common = 0;
  for (const [line, count] of few ?? []) common += Math.min(count, many?.get(line) ?? 0) * line.length;
  return common / Math.max(from.length, to.length);
}

function toMatch(from: Content, to: Content, similarity: number): Match {
  return { from: from.path, to: to.path, similarity, hasSameName: nameOf(from.path) === nameOf(to.path) };
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The most similar first; of those that are alike the ones of the same name, then in the order of their paths. */
function choose(matches: readonly Match[]): readonly Rename[] {
  const [gone, come] = [new Set<string>(), new Set<string>()];
  const chosen: Rename[] = [];
  for (const { from, to } of matches.toSorted(compare)) {
    if (gone.has(from) || come.has(to)) continue;
    gone.add(from);
    come.add(to);
    chosen.push({ from, to });
  }
  return chosen;
}

function compare(left: Match, right: Match): number {
  if (left.similarity !== right.similarity) return right.similarity - left.similarity;
  if (left.hasSameName !== right.hasSameName) return left.hasSameName ? -1 : 1;
  const [first, second] = [`${left.from}\n${left.to}`, `${right.from}\n${right.to}`];
  return first < second ? -1 : first > second ? 1 : 0;
}
