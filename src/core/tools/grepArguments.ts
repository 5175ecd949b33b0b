/** The command line of ripgrep for a call of Grep. */
import type { GrepInput } from './grep.ts';

export const grepModes = ['content', 'files_with_matches', 'count'] as const;

/** Longer lines are cut by ripgrep. Bytes. */
const maxColumns = 500;

export function buildGrepArguments(input: GrepInput): readonly string[] {
  const mode = input.output_mode ?? 'files_with_matches';
  return [
    '--no-heading',
    '--with-filename',
    // A zero byte after the file name: names may hold whatever else would separate.
    '--null',
    ...(mode === 'content' ? buildContentArguments(input) : []),
    ...(mode === 'files_with_matches' ? ['--files-with-matches'] : []),
    ...(mode === 'count' ? ['--count'] : []),
    ...(input['-i'] === true ? ['--ignore-case'] : []),
    ...(input.multiline === true ? ['--multiline', '--multiline-dotall'] : []),
    ...(input.glob === undefined ? [] : [`--glob=${input.glob}`]),
    ...(input.type === undefined ? [] : [`--type=${input.type}`]),
    `--regexp=${input.pattern}`,
  ];
}

function buildContentArguments(input: GrepInput): readonly string[] {
  const around = input['-C'] ?? input.context;
  const [before, after] = [input['-B'] ?? around, input['-A'] ?? around];
  return [
    `--max-columns=${maxColumns}`,
    '--max-columns-preview',
    input['-n'] === false ? '--no-line-number' : '--line-number',
    ...(input['-o'] === true ? ['--only-matching'] : []),
    ...(before === undefined ? [] : [`--before-context=${before}`]),
    ...(after === undefined ? [] : [`--after-context=${after}`]),
  ];
}
