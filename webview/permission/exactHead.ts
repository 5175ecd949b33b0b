/** How much of a long text is shown before all of it is asked for. */
const SHOWN_LINES = 12;
const SHOWN_CHARACTERS = 1_200;

export function toHead(text: string): string {
  return text.split('\n').slice(0, SHOWN_LINES).join('\n').slice(0, SHOWN_CHARACTERS);
}

/** 0: all of it fits. A long line that is cut counts as one. */
export function countHiddenLines(text: string): number {
  const head = toHead(text);
  return head.length === text.length ? 0 : Math.max(1, text.split('\n').length - head.split('\n').length);
}
