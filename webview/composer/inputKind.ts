/** What is written, by its first character: a message, a command for the shell (`!`), a line for a memory file (`#`). */
export type InputKind = 'message' | 'command' | 'memory';

/** A memory is one line, and no heading of a text that was pasted (`##`). */
export function findInputKind(text: string): InputKind {
  if (/^!\s*\S/.test(text)) return 'command';
  return /^#[^#\n]*[^#\s][^\n]*$/.test(text.trimEnd()) && !text.startsWith('##') ? 'memory' : 'message';
}
