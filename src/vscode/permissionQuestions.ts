/** From what a person has pasted to the calls it could mean. */
import type { RequestOf } from '../protocol/control.ts';

type Question = RequestOf<'belay/permission_explain'>;

/** A web address is fetched; a path is read and edited; everything else is a command. Empty: nothing was pasted. */
export function toQuestions(pasted: string): readonly Question[] {
  const text = pasted.trim();
  if (text === '') return [];
  if (/^https?:\/\/\S+$/.test(text)) return [{ tool_name: 'WebFetch', input: { url: text, prompt: 'Why' } }];
  if (!isPath(text)) return [{ tool_name: 'Bash', input: { command: text } }];
  return [
    { tool_name: 'Read', input: { file_path: text } },
    { tool_name: 'Write', input: { file_path: text, content: '' } },
  ];
}

/** One word that begins like a path, or has a slash or an ending like a file. */
function isPath(text: string): boolean {
  if (/^(?:~?[\\/]|\.{1,2}[\\/]|[A-Za-z]:[\\/])[^\n|&;<>]*$/.test(text)) return !/\s-/.test(text);
  return /^[^\s|&;<>$`"']+$/.test(text) && /[\\/]|\.\w+$/.test(text);
}
