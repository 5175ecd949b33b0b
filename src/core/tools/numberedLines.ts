/** Lines of a file as the model reads them: each with its number and a tab before it, as `cat -n` prints them. */

/** Longer lines are cut. Characters. */
const maxLineLength = 2000;

/** `firstNumber`: number of the first line, from 1. */
export function formatLines(lines: readonly string[], firstNumber: number): string {
  return lines.map((line, index) => `${String(firstNumber + index).padStart(6)}\t${line}`).join('\n');
}

/** The line, or as much of it as is shown. `length`: how long it is, where not all of it is at hand. */
export function cutLine(line: string, length = line.length): string {
  if (length <= maxLineLength) return line;
  return `${line.slice(0, maxLineLength)} [… ${length - maxLineLength} more characters in this line]`;
}
