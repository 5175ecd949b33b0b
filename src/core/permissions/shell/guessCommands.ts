/** What would be the commands of a line if it were understood wrongly: whatever stands between characters that could end one and begin another. */
export function guessCommands(source: string): readonly string[] {
  const guesses = new Set<string>();
  let start = 0;
  for (let index = 0; index <= source.length; index += 1) {
    const length = index === source.length ? 1 : endLength(source, index);
    if (length === 0) continue;
    const piece = source.slice(start, index).trim();
    if (piece !== '') guesses.add(piece);
    start = index + length;
    index = start - 1;
  }
  return [...guesses];
}

/** How many characters there end a command; `&` beside `<` and `>` is a redirect's. */
function endLength(source: string, index: number): number {
  const character = source[index] ?? '';
  if (ENDS.includes(character)) return 1;
  if (character === '$') return source[index + 1] === '(' ? 2 : 0;
  if (character !== '&') return 0;
  const before = source[index - 1];
  return before === '<' || before === '>' || source[index + 1] === '>' ? 0 : 1;
}

const ENDS = ';|\n\r(){}`';
