/** Standard output of one answer. */

/** Resolves when it has been taken; what nobody reads any more is dropped. */
export function writeText(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

/** A JSON value as a line. */
export function writeLine(value: unknown): Promise<void> {
  return writeText(`${escapeLineEnds(JSON.stringify(value))}\n`);
}

/** Lines of JSON: some readers also end a line at U+2028 and U+2029, which JSON leaves as they are. */
export function escapeLineEnds(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
