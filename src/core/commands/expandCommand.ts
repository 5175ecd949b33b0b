/**
 * The text of a command as the model gets it: arguments put in, the output of its shell lines, the files it names. What it
 * runs and reads goes through the permission layer like any call of the model.
 */
import { findImports } from '../context/memoryImports.ts';
import type { RunTool } from '../tools/tool.ts';
import type { Command } from './command.ts';
import { splitArguments } from './slash.ts';

/** A shell line: `!` and a line of code, at the beginning of a line or behind a blank. */
const SHELL = /(?<=^|\s)!`([^`\n]+)`/m;

export async function expandCommand(command: Command, args: string, runTool: RunTool): Promise<string> {
  const filler = createFiller(args);
  const said: string[] = [];
  let text = '';
  // Only the file's own shell lines are run, never one that an argument brings along.
  for (const [index, part] of command.body.split(SHELL).entries()) {
    const filled = filler.fill(part);
    if (index % 2 === 0) said.push(filled);
    text += index % 2 === 0 ? filled : (await runTool('Bash', { command: filled })).text;
  }
  const rest = args === '' || filler.isUsed() ? [] : [`ARGUMENTS: ${args}`];
  const place = command.kind === 'skill' ? [`The files of this skill lie in ${folderOf(command.path)}.`] : [];
  return [...place, text, ...rest, ...(await readFiles([...said, ...rest].join('\n\n'), runTool))].join(
    '\n\n',
  );
}

/** `$ARGUMENTS` is all of them, `$1` and `$ARGUMENTS[0]` are the first. */
function createFiller(args: string): { fill(text: string): string; isUsed(): boolean } {
  const given = splitArguments(args);
  let isUsed = false;
  return {
    fill: (text) =>
      text.replace(/\$(?:ARGUMENTS(?:\[(\d+)\])?|([1-9]))(?![\w])/g, (_, index?: string, place?: string) => {
        isUsed = true;
        if (place !== undefined) return given[Number(place) - 1] ?? '';
        return index === undefined ? args : (given[Number(index)] ?? '');
      }),
    isUsed: () => isUsed,
  };
}

async function readFiles(text: string, runTool: RunTool): Promise<readonly string[]> {
  const contents: string[] = [];
  for (const path of await findImports(text)) {
    const { text: content, isError } = await runTool('Read', { file_path: path });
    contents.push(isError ? `(${path} could not be read: ${content})` : `Contents of ${path}:\n\n${content}`);
  }
  return contents;
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}
