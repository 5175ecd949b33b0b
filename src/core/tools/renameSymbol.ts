/** RenameSymbol: renames a name wherever it is used, as the editor's language server sees it. There only where there is an editor. */
import * as z from 'zod';
import type { ProblemChange } from '../../protocol/problems.ts';
import { FileError, type LanguageFeatures } from '../ports.ts';
import { counted } from './counted.ts';
import { toModelText } from './lineEnds.ts';
import type { PathLocks } from './pathLocks.ts';
import { type PlannedFile, planRename, type RenamePlan, type RenameQuestion } from './planRename.ts';
import { describeProblems } from './problems.ts';
import { MOST_WATCHED, watchFiles } from './problemsOfFiles.ts';
import { isAsSeen, toSeenFile } from './seenFile.ts';
import { buildPatch, type PatchHunk } from './structuredPatch.ts';
import type { Effect, Tool, ToolContext, ToolOutcome, ToolView } from './tool.ts';
import { describeFileError, fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath, escapeName, type Place, resolveToolPath } from './toolPath.ts';

const inputSchema = z.object({
  filePath: z
    .string()
    .describe('A file in which the name stands: absolute, or relative to the working directory'),
  line: z.number().int().min(1).describe('The line where it stands, from 1'),
  character: z.number().int().min(1).describe('The character in the line, from 1: any within the name'),
  newName: z.string().min(1).describe('The new name'),
});
type RenameInput = z.infer<typeof inputSchema>;

export interface RenameOutput {
  readonly newName: string;
  readonly files: readonly { readonly filePath: string; readonly structuredPatch: readonly PatchHunk[] }[];
  /** For the model: what was changed. */
  readonly summary: string;
  /** And what the editor finds wrong now; may be empty. */
  readonly found: string;
  /** Absent: there are as many as before, or nobody looks. */
  readonly problems?: ProblemChange;
}

const prompt = `Renames a variable, function, type or the like in all files that use it, with the language server of the user's editor.

- The position (line and character, both from 1) must be on the name itself; Read or LSP tell where it stands.
- Names in comments, texts and other languages stay as they are: search for them with Grep afterwards.
- All files are changed, or none.`;

/** Of one line that is listed in the result. */
const MAX_LINES = 20;

export interface RenameSymbolOptions {
  readonly place: Place;
  readonly locks: PathLocks;
  readonly features: LanguageFeatures;
}

export function createRenameSymbolTool({
  place,
  locks,
  features,
}: RenameSymbolOptions): Tool<RenameInput, RenameOutput | ToolFailure> {
  const plans = createPlans(features);
  return {
    name: 'RenameSymbol',
    description: 'Renames a name in all files that use it.',
    prompt,
    inputSchema,
    isReadOnly: () => false,
    isConcurrencySafe: () => false,
    effects: async (input, view) => {
      const question = toQuestion(input, view.workspace);
      const plan = await plans.make(question, view);
      const written = plan.kind === 'planned' ? plan.files.map(({ path }) => path) : [];
      return [
        { kind: 'read', path: question.path },
        ...written.map((path): Effect => ({ kind: 'write', path })),
      ];
    },
    previewFiles: async (input, { workspace }) => {
      const plan = plans.get(toQuestion(input, workspace));
      if (plan?.kind !== 'planned') return undefined;
      return plan.files.map(({ path, before, after }) => ({
        path,
        before: toModelText(before),
        after: toModelText(after),
      }));
    },
    run: (input, context) => runQuietly(() => rename(input, { plans, locks, context })),
    toResultContent: (output) => (isFailure(output) ? output.error : `${output.summary}${output.found}`),
    title: ({ filePath, line, newName }) => {
      if (newName === undefined) return 'Rename a name';
      const at =
        filePath === undefined || line === undefined ? '' : `${displayPath(filePath, place)}:${line} `;
      return `Rename ${at}to ${escapeName(newName)}`;
    },
  };
}

function toQuestion({ filePath, ...rest }: RenameInput, place: Place): RenameQuestion {
  return { path: resolveToolPath(filePath, place), ...rest };
}

/** What was computed for the question of permission is what is shown and what is made. */
interface Plans {
  make(question: RenameQuestion, view: ToolView): Promise<RenamePlan>;
  get(question: RenameQuestion): RenamePlan | undefined;
  take(question: RenameQuestion): RenamePlan | undefined;
}

/** More than are ever asked about at a time. */
const MAX_PLANS = 8;

function createPlans(features: LanguageFeatures): Plans {
  const plans = new Map<string, RenamePlan>();
  const keyOf = ({ path, line, character, newName }: RenameQuestion): string =>
    JSON.stringify([path, line, character, newName]);
  return {
    async make(question, view) {
      const { signal } = new AbortController();
      const plan = await planRename(question, { features, view, signal });
      plans.delete(keyOf(question));
      plans.set(keyOf(question), plan);
      for (const key of plans.keys()) {
        if (plans.size <= MAX_PLANS) break;
        plans.delete(key);
      }
      return plan;
    },
    get: (question) => plans.get(keyOf(question)),
    take(question) {
      const plan = plans.get(keyOf(question));
      plans.delete(keyOf(question));
      return plan;
    },
  };
}

interface Renaming {
  readonly plans: Plans;
  readonly locks: PathLocks;
  readonly context: ToolContext;
}

async function rename(
  input: RenameInput,
  { plans, locks, context }: Renaming,
): Promise<ToolOutcome<RenameOutput | ToolFailure>> {
  const question = toQuestion(input, context.workspace);
  const plan = plans.take(question) ?? (await plans.make(question, context));
  if (plan.kind === 'refused') return fail(`Nothing was renamed. ${plan.reason}`);
  const reals = new Set<string>();
  for (const { path } of plan.files) reals.add(await context.files.realPath(path));
  return lockAll([...reals].sort(), locks, () => apply(plan.files, input, context));
}

/** In the order of their names, so that two that want the same don't wait for each other. */
function lockAll<Result>(
  paths: readonly string[],
  locks: PathLocks,
  work: () => Promise<Result>,
): Promise<Result> {
  const [first, ...rest] = paths;
  return first === undefined ? work() : locks(first, () => lockAll(rest, locks, work));
}

async function apply(
  files: readonly PlannedFile[],
  { newName }: RenameInput,
  context: ToolContext,
): Promise<ToolOutcome<RenameOutput | ToolFailure>> {
  const findProblems = await watchFiles(
    files.map(({ path }) => path),
    context,
  );
  const stale = await findStale(files, context);
  if (stale !== undefined) {
    return fail(
      `Nothing was renamed: ${displayPath(stale.path, context.workspace)} has changed meanwhile. Try again.`,
    );
  }
  const written: PlannedFile[] = [];
  const formatted: string[] = [];
  for (const file of files) {
    try {
      const outcome = await context.files.write(file.path, file.bytes);
      written.push(file);
      await remember({ path: file.path, from: file.beforeBytes, to: outcome.bytes }, context);
      if (outcome.changedOnSave) formatted.push(displayPath(file.path, context.workspace));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return fail(await takeBack(written, { error, context }));
    }
  }
  const problems = await findProblems();
  return succeed({
    ...(problems === undefined ? {} : { problems }),
    newName,
    files: files.map(({ path, before, after }) => ({
      filePath: path,
      structuredPatch: buildPatch(toModelText(before), toModelText(after)),
    })),
    summary: summarize(files, { newName, formatted, context }),
    found: problems === undefined ? '' : `\n${tellProblems(problems, files.length, context)}`,
  });
}

async function findStale(
  files: readonly PlannedFile[],
  context: ToolContext,
): Promise<PlannedFile | undefined> {
  for (const file of files) {
    const now = await context.files.readFile(file.path, { signal: context.signal }).catch(() => undefined);
    if (now === undefined || !isSame(now, file.beforeBytes)) return file;
  }
  return undefined;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

interface Rewritten {
  readonly path: string;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** What the model knew of the file it knows still; a file that it hasn't read, or not as it was, it must read to edit it. */
async function remember({ path, from, to }: Rewritten, { readState }: ToolContext): Promise<void> {
  const seen = readState.get(path);
  if (seen === undefined || !(await isAsSeen(seen, from))) return;
  readState.set(path, await toSeenFile(to, { partial: seen.partial }));
}

interface Failing {
  readonly error: FileError;
  readonly context: ToolContext;
}

async function takeBack(written: readonly PlannedFile[], { error, context }: Failing): Promise<string> {
  const left: string[] = [];
  for (const { path, beforeBytes, bytes } of written.toReversed()) {
    try {
      const outcome = await context.files.write(path, beforeBytes);
      await remember({ path, from: bytes, to: outcome.bytes }, context);
    } catch {
      left.push(displayPath(path, context.workspace));
    }
  }
  const why = describeFileError(error);
  if (left.length === 0) return `Nothing was renamed. ${why}`;
  return `The rename failed, and ${left.join(', ')} could not be put back as it was: read it again. ${why}`;
}

interface Summarizing {
  readonly newName: string;
  readonly formatted: readonly string[];
  readonly context: ToolContext;
}

function summarize(files: readonly PlannedFile[], { newName, formatted, context }: Summarizing): string {
  const lines = files.map(({ path, lines }) => {
    const shown = lines.slice(0, MAX_LINES).join(', ');
    return `${displayPath(path, context.workspace)}: ${lines.length === 1 ? 'line' : 'lines'} ${shown}${lines.length > MAX_LINES ? ', …' : ''}`;
  });
  const reformatted =
    formatted.length === 0
      ? []
      : [`When they were saved, the editor changed these further (a formatter): ${formatted.join(', ')}.`];
  return [`Renamed to ${newName} in ${counted(files.length, 'file')}:`, ...lines, ...reformatted].join('\n');
}

function tellProblems(
  problems: ProblemChange,
  files: number,
  { workspace }: Pick<ToolContext, 'workspace'>,
): string {
  const told = describeProblems(problems, (path) => displayPath(path, workspace));
  const unwatched = files - MOST_WATCHED;
  return unwatched > 0 ? `${told}\n(The last ${counted(unwatched, 'file')} were not looked at.)` : told;
}
