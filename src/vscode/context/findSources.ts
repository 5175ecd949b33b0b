/** What of the editor a person names in a message: `@problems`, `@changes`, `@terminal`. No editor in here. */
import { findMentions } from '../../core/input/findMentions.ts';
import { EDITOR_SOURCES, type EditorSource } from '../../protocol/attachedText.ts';

/** Each once. */
export function findSources(text: string): readonly EditorSource[] {
  const named = new Set(findMentions(text).map(({ path }) => path));
  return EDITOR_SOURCES.filter((name) => named.has(name));
}

/** Characters of one source, so that a message stays one. */
const MOST = 30_000;

/** Keeps the beginning, or the end of what grows at its end, and says so. */
export function cutSource(text: string, keep: 'start' | 'end'): string {
  if (text.length <= MOST) return text;
  const left = `(${text.length - MOST} more characters)`;
  return keep === 'start' ? `${text.slice(0, MOST)}\n${left}` : `${left}\n${text.slice(-MOST)}`;
}

/** Without what colours it and moves the cursor. */
export function toPlainOutput(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replaceAll(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
      .replaceAll(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])/g, '')
      .replaceAll(/\r+\n/g, '\n')
      .replaceAll(/^.*\r(?=.)/gm, '')
      .trimEnd()
  );
}
