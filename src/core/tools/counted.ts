/** "1 line", "3 lines". For nouns whose plural ends in a plain s. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
