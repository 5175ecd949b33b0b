/**
 * Characters that can't be seen, or that change how their neighbours are seen: controls, zero-width and bidirectional
 * marks, tags, odd blanks. Where somebody decides by what is shown, they are shown by name: ⟨U+202E⟩.
 */
const HIDDEN = new RegExp(
  [
    String.raw`(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}`,
    // Blanks and fillers that look like a space or like nothing.
    String.raw`\u00a0\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f`,
    // Variation selectors and tags, which can carry a whole hidden text.
    String.raw`\u2800\u3000\u3164\ufe00-\ufe0f\uffa0\ufff9-\ufffc\u{e0000}-\u{e0fff}]`,
  ].join(''),
  'gu',
);

export function showHidden(text: string): string {
  return text.replace(
    HIDDEN,
    (char) => `⟨U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}

export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) !== -1;
}
