/** Grep: searches in files with ripgrep. */
import * as z from 'zod';
import { counted } from './counted.ts';
import { buildGrepArguments, grepModes } from './grepArguments.ts';
import { collectContent, collectCounts, collectFiles, type GrepFound } from './grepCollect.ts';
import { startRipgrep } from './ripgrep.ts';
import { findSearchPlace } from './searchPlace.ts';
import { type Tool, type ToolContext, ToolInputError, type ToolOutcome } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath, escapeName, type Place, resolveToolPath } from './toolPath.ts';

const lines = z.number().int().min(0).max(1000).optional();
const inputSchema = z.object({
  pattern: z.string().describe("A regular expression in ripgrep's syntax"),
  path: z.string().optional().describe('A file or folder to search; the working directory when absent'),
  glob: z
    .string()
    .optional()
    .describe('Only files with such names: "*.ts", "src/**/*.{js,jsx}", "!*.test.ts"'),
  type: z.string().optional().describe('Only files of this type, as ripgrep knows them: js, py, rust, go, …'),
  output_mode: z
    .enum(grepModes)
    .optional()
    .describe(
      'What to answer: names of files (files_with_matches, the default), matching lines (content), or numbers of matching lines by file (count)',
    ),
  '-i': z.boolean().optional().describe('Upper and lower case are one'),
  '-n': z.boolean().optional().describe('With line numbers (the default). For content'),
  '-o': z.boolean().optional().describe('Only the part of each line that matches. For content'),
  '-A': lines.describe('Lines to show after each match. For content'),
  '-B': lines.describe('Lines to show before each match. For content'),
  '-C': lines.describe('Lines to show before and after each match. For content'),
  context: lines.describe('The same as -C'),
  multiline: z.boolean().optional().describe('The pattern may match across lines, and . matches line breaks'),
  head_limit: z
    .number()
    .int()
    .min(0)
    .optional()
    .describe('How many lines or files to answer: 250 by default, 0 for no limit'),
  offset: z.number().int().min(0).optional().describe('How many of them to skip first'),
});
export type GrepInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's GrepOutput. */
export interface GrepOutput {
  readonly mode: (typeof grepModes)[number];
  readonly numFiles: number;
  /** Absolute paths. */
  readonly filenames: readonly string[];
  readonly content: string;
  readonly numLines: number;
  readonly appliedLimit?: number;
  readonly appliedOffset?: number;
  /** For the model. */
  readonly notes: readonly string[];
}

const prompt = `Searches in the content of files with ripgrep.

- pattern is a regular expression (Rust syntax: no look-around, no back-references; braces and brackets that are meant as such need a backslash).
- Files that .gitignore excludes, binary files and the insides of .git are not searched; name an ignored folder in path to search there.
- By default you get the names of the files that match, most recently changed first. Ask for content to see the lines, with -A, -B or -C for those around them.
- Narrow the search with path, glob or type rather than by reading through much output.`;

export interface GrepOptions {
  readonly place: Place;
}

export function createGrepTool({ place }: GrepOptions): Tool<GrepInput, GrepOutput | ToolFailure> {
  return {
    name: 'Grep',
    description: 'Searches in the content of files.',
    prompt,
    inputSchema,
    isReadOnly: () => true,
    isConcurrencySafe: () => true,
    effects: async (input, { workspace }) => {
      if (input.pattern.includes('\0')) throw new ToolInputError('The pattern holds a NUL character.');
      return [{ kind: 'read', path: resolveToolPath(input.path ?? '.', workspace) }];
    },
    run: (input, context) => runQuietly(() => grep(input, context)),
    toResultContent: (output) => (isFailure(output) ? output.error : toResult(output)),
    title: ({ pattern, path }) => {
      if (pattern === undefined) return 'Search';
      const what = `Search for ${escapeName(pattern)}`;
      return path === undefined ? what : `${what} in ${displayPath(path, place)}`;
    },
  };
}

async function grep(input: GrepInput, context: ToolContext): Promise<ToolOutcome<GrepOutput | ToolFailure>> {
  const place = await findSearchPlace(resolveToolPath(input.path ?? '.', context.workspace), context);
  if (typeof place === 'string') return fail(place);
  const mode = input.output_mode ?? 'files_with_matches';
  const separator = mode === 'files_with_matches' ? '\0' : '\n';
  const args = buildGrepArguments(input);
  const search = await startRipgrep({ args, ...place, separator }, context);
  if (search.kind === 'refused') return fail(search.reason);
  const window = { offset: input.offset ?? 0, limit: input.head_limit ?? 250 };
  const collect = { content: collectContent, count: collectCounts, files_with_matches: collectFiles };
  const found = await collect[mode](search.records, {
    place,
    window,
    files: context.files,
    numbered: input['-n'] !== false,
  });
  if (found.lines.length === 0 && found.problem !== '') return fail(`The search failed: ${found.problem}`);
  if (found.lines.length === 0 && found.timedOut)
    return fail('The search took too long. Narrow it with path, glob or type.');
  return succeed(toOutput(input, mode, found));
}

function toOutput(input: GrepInput, mode: GrepOutput['mode'], found: GrepFound): GrepOutput {
  const notes: string[] = [];
  if (found.lines.length === 0)
    notes.push(found.skipped > 0 ? 'Nothing is left after the offset.' : 'Nothing matches.');
  if (found.more) {
    const next = (input.offset ?? 0) + found.lines.length;
    notes.push(`There is more. Go on with offset ${next}, or narrow the search.`);
  }
  if (found.timedOut) notes.push('The search took too long and was stopped: this is not all.');
  return {
    mode,
    numFiles: found.paths.length,
    filenames: found.paths,
    content: found.lines.join('\n'),
    numLines: found.lines.length,
    ...(found.more && input.head_limit !== 0 ? { appliedLimit: input.head_limit ?? 250 } : {}),
    ...(input.offset === undefined ? {} : { appliedOffset: input.offset }),
    notes,
  };
}

function toResult({ mode, content, numFiles, notes }: GrepOutput): string {
  const head = mode === 'files_with_matches' && numFiles > 0 ? [`${counted(numFiles, 'file')}:`] : [];
  return [...head, ...(content === '' ? [] : [content]), ...notes.map((note) => `(${note})`)].join('\n');
}
