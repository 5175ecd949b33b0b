/** Characters of a hook's text that count, as in the field. */
const MAX_TEXT = 10_000;

/** What a hook says to the model or to the person, cut where it gets too long. */
export function capText(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT)}\n[cut off: a hook may say ${MAX_TEXT} characters]`;
}
