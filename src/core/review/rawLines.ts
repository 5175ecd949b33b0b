/** The lines of a review in a text with line ends of its own, which may be of several kinds. Pure. */
import { diffLines } from './lineDiff.ts';
import { type Lines, toReviewLines } from './reviewText.ts';

/**
 * The text with these lines, of which `before` stand there now. Lines that stay are as they are, those that come have the line end of those in
 * whose place they stand, or of the line before them. undefined: others stand there.
 */
export function replaceLines(
  text: string,
  { before, after }: { readonly before: Lines; readonly after: Lines },
): string | undefined {
  const raw = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const isBefore =
    raw.length === before.length && toReviewLines(text).every((line, index) => line === before[index]);
  if (!isBefore) return undefined;
  const lines: string[] = [];
  let at = 0;
  for (const { leftStart, leftEnd, rightStart, rightEnd } of diffLines(before, after)) {
    lines.push(...raw.slice(at, leftStart));
    const models = [...raw.slice(leftStart, leftEnd), raw[leftStart - 1], raw[0]];
    const end = models.find((line) => line?.endsWith('\n'))?.endsWith('\r\n') ? '\r\n' : '\n';
    lines.push(...after.slice(rightStart, rightEnd).map((line) => line.replace(/\n$/, end)));
    at = leftEnd;
  }
  return [...lines, ...raw.slice(at)].join('');
}
