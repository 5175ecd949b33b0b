/** Glob: finds files by their names. */
import picomatch from 'picomatch';
import * as z from 'zod';
import { isAbsolutePath, toSlashes } from '../paths.ts';
import type { Workspace } from '../ports.ts';
import { type RipgrepEnd, startRipgrep } from './ripgrep.ts';
import { findSearchPlace, maxSorted, type SearchPlace, sortNewestFirst } from './searchPlace.ts';
import { type Tool, type ToolContext, ToolInputError, type ToolOutcome } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  pattern: z.string().describe('Which files, such as "**/*.ts" or "src/**/test_*.{js,ts}"'),
  path: z.string().optional().describe('The folder to look in; the working directory when absent'),
});
type GlobInput = z.infer<typeof inputSchema>;

/** Fields as the Agent SDK's GlobOutput. */
export interface GlobOutput {
  readonly durationMs: number;
  readonly numFiles: number;
  /** Absolute paths, newest change first. */
  readonly filenames: readonly string[];
  readonly truncated: boolean;
  /** For the model. */
  readonly listing: string;
}

/** Files of one answer. */
const maxFiles = 100;

const prompt = `Finds files by name and lists them, most recently changed first, ${maxFiles} at most.

- \`*\` stands for any part of a name, \`**\` for any number of folders, \`{a,b}\` for either. A pattern without a slash matches in the folder itself only; start it with \`**/\` for all folders below.
- Files that .gitignore excludes are left out, unless the pattern names their folder (\`node_modules/pkg/**\`).
- To search in what files contain, use Grep.`;

export interface GlobOptions {
  readonly place: Place;
}

export function createGlobTool({ place }: GlobOptions): Tool<GlobInput, GlobOutput | ToolFailure> {
  return {
    name: 'Glob',
    description: 'Finds files by their names.',
    prompt,
    inputSchema,
    isReadOnly: () => true,
    isConcurrencySafe: () => true,
    effects: async (input, { workspace }) => [{ kind: 'read', path: parseGlob(input, workspace).folder }],
    run: (input, context) => runQuietly(() => glob(parseGlob(input, context.workspace), context)),
    toResultContent: (output) => (isFailure(output) ? output.error : output.listing),
    title: ({ pattern, path }) => {
      if (pattern === undefined) return 'Find files';
      return path === undefined ? `Find ${pattern}` : `Find ${pattern} in ${displayPath(path, place)}`;
    },
  };
}

interface GlobRequest {
  /** Absolute. */
  readonly folder: string;
  /** Relative to the folder, with slashes. */
  readonly pattern: string;
}

/** The folders that the pattern starts with in so many words belong to the folder to search. */
function parseGlob(input: GlobInput, workspace: Workspace): GlobRequest {
  const pattern = toSlashes(input.pattern.trim(), workspace.platform).replace(/^(\.\/)+/, '');
  if (pattern === '') throw new ToolInputError('The pattern is empty.');
  const parts = pattern.split('/');
  const firstOpen = parts.findIndex(
    (part, index) => /[*?{}[\]()\\]/.test(part) || index === parts.length - 1,
  );
  const fixed = parts.slice(0, firstOpen).join('/');
  const start = resolveToolPath(input.path ?? '.', workspace);
  const rest = { pattern: parts.slice(firstOpen).join('/') };
  if (firstOpen === 0) return { folder: start, ...rest };
  const fromStart = !isAbsolutePath(pattern, workspace.platform) && !fixed.startsWith('~');
  const place = fromStart ? { ...workspace, cwd: start } : workspace;
  return { folder: resolveToolPath(fixed === '' ? '/' : fixed, place), ...rest };
}

async function glob(
  request: GlobRequest,
  context: ToolContext,
): Promise<ToolOutcome<GlobOutput | ToolFailure>> {
  const started = context.clock.monotonic();
  const place = await findSearchPlace(request.folder, context);
  if (typeof place === 'string') return fail(place);
  if (place.target !== '.') {
    return fail(`${displayPath(request.folder, context.workspace)} is a file, not a folder.`);
  }
  const search = await startRipgrep({ args: ['--files', '--null'], ...place, separator: '\0' }, context);
  if (search.kind === 'refused') return fail(search.reason);
  const found = await collect(search.records, toMatcher(request, context), place);
  if (typeof found === 'string') return fail(found);
  const names = new Map(found.map((name) => [place.locate(name), place.display(name)]));
  const files = await sortNewestFirst([...names.keys()], context.files);
  return succeed(toOutput(files, names, context.clock.monotonic() - started));
}

function toMatcher({ pattern }: GlobRequest, { workspace }: ToolContext): (found: string) => boolean {
  const isMatch = picomatch(pattern, { dot: true, nocase: workspace.platform === 'win32' });
  return (found) => {
    const name = toSlashes(found, workspace.platform).replace(/^\.\//, '');
    // A name with brackets in it is more often meant as a name.
    return isMatch(name) || name === pattern;
  };
}

/** A text says what went wrong. */
async function collect(
  records: AsyncGenerator<string, RipgrepEnd, void>,
  isMatch: (found: string) => boolean,
  place: SearchPlace,
): Promise<readonly string[] | string> {
  const found: string[] = [];
  while (found.length < maxSorted) {
    const step = await records.next();
    if (step.done === true) {
      const { problem, timedOut } = step.value;
      if (found.length > 0 || (problem === '' && !timedOut)) return found;
      return timedOut
        ? 'The search took too long. Look in a smaller folder.'
        : `The search failed: ${problem}`;
    }
    if (isMatch(step.value) && place.mayTell(step.value)) found.push(step.value);
  }
  await records.return({ problem: '', timedOut: false });
  return found;
}

/** `names`: for the model, by path. */
function toOutput(
  files: readonly string[],
  names: ReadonlyMap<string, string>,
  durationMs: number,
): GlobOutput {
  const filenames = files.slice(0, maxFiles);
  const truncated = files.length > maxFiles;
  const lines = filenames.map((path) => names.get(path) ?? path);
  if (lines.length === 0) lines.push('No file matches.');
  if (truncated) lines.push(`(There are more than these ${maxFiles}. Make the pattern narrower.)`);
  return {
    durationMs: Math.round(durationMs),
    numFiles: filenames.length,
    filenames,
    truncated,
    listing: lines.join('\n'),
  };
}
