/** Several tags in the one that the Agent SDK keeps of a session: separated by commas, in the order they were given. */

export function parseTags(tag: string | undefined): readonly string[] {
  return toTags((tag ?? '').split(','));
}

/** Empty: there is none. */
export function formatTags(tags: readonly string[]): string {
  return toTags(tags.flatMap((tag) => tag.split(','))).join(', ');
}

/** Each once, whatever its case. */
function toTags(words: readonly string[]): readonly string[] {
  const tags = new Map<string, string>();
  for (const word of words) {
    const tag = word.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
    const key = tag.toLowerCase();
    if (tag !== '' && !tags.has(key)) tags.set(key, tag);
  }
  return [...tags.values()];
}
