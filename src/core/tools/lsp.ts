/** LSP: asks the editor's language servers. There only where there is an editor. */
import * as z from 'zod';
import { type LanguageQuestion, positionOperation } from '../../protocol/languageFeatures.ts';
import type { LanguageFeatures } from '../ports.ts';
import { createLineReader, type ListingAnswer, tellAnswer } from './languageAnswers.ts';
import { type Effect, type Tool, type ToolContext, ToolInputError, type ToolOutcome } from './tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from './toolOutcome.ts';
import { displayPath, escapeName, type Place, resolveToolPath } from './toolPath.ts';

const operations = [
  ...positionOperation.options,
  'documentSymbol',
  'workspaceSymbol',
  'diagnostics',
] as const;

/** Names as those of Claude Code's tool. */
const inputSchema = z.object({
  operation: z.enum(operations).describe('What to ask'),
  filePath: z
    .string()
    .optional()
    .describe(
      'The file: absolute, or relative to the working directory. Not needed for workspaceSymbol and diagnostics',
    ),
  line: z.number().int().min(1).optional().describe('The line, from 1, for what is asked of a position'),
  character: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('The character in the line, from 1: any within the name that is meant'),
  query: z.string().optional().describe('Part of a name, for workspaceSymbol'),
});
type LspInput = z.infer<typeof inputSchema>;

export interface LspOutput {
  readonly operation: LspInput['operation'];
  readonly filePath?: string;
  /** For the model. */
  readonly result: string;
  readonly resultCount: number;
  readonly fileCount: number;
}

const prompt = `Asks the language servers of the user's editor about code. They know what a name means, where a search for text only finds its letters.

Of a position (filePath, line, character; both from 1, on the name itself):
- goToDefinition, goToImplementation: where it is defined, or implemented
- findReferences: all places where it is used
- hover: its type and documentation
- prepareCallHierarchy, incomingCalls, outgoingCalls: the function there, what calls it, what it calls

Of a file: documentSymbol (its outline). Of the workspace: workspaceSymbol (names that are like query). Of either: diagnostics (errors and warnings).

Not every language has a server, and one that has just started may not know everything yet. Use RenameSymbol to rename.`;

export interface LspOptions {
  readonly place: Place;
  readonly features: LanguageFeatures;
}

export function createLspTool({ place, features }: LspOptions): Tool<LspInput, LspOutput | ToolFailure> {
  return {
    name: 'LSP',
    description: 'Asks the language servers of the editor.',
    prompt,
    inputSchema,
    isReadOnly: () => true,
    isConcurrencySafe: () => true,
    effects: async (input, { workspace }) => {
      const question = toQuestion(input, workspace);
      const paths = 'path' in question && question.path !== undefined ? [question.path] : workspace.roots;
      return paths.map((path): Effect => ({ kind: 'read', path }));
    },
    run: (input, context) => runQuietly(() => ask(input, features, context)),
    toResultContent: (output) => (isFailure(output) ? output.error : output.result),
    title: ({ operation, filePath, query, line }) => {
      if (operation === undefined) return 'Ask the language server';
      const words = TITLES[operation];
      if (operation === 'workspaceSymbol') return `${words} ${escapeName(query ?? '')}`.trim();
      if (filePath === undefined) return words;
      return `${words} in ${displayPath(filePath, place)}${line === undefined ? '' : `:${line}`}`;
    },
  };
}

const TITLES: Readonly<Record<LspInput['operation'], string>> = {
  goToDefinition: 'Find a definition',
  goToImplementation: 'Find implementations',
  findReferences: 'Find references',
  hover: 'Look up a name',
  prepareCallHierarchy: 'Find a function',
  incomingCalls: 'Find callers',
  outgoingCalls: 'Find calls',
  documentSymbol: 'List symbols',
  workspaceSymbol: 'Find symbols',
  diagnostics: 'List problems',
};

type Question = Exclude<LanguageQuestion, { operation: 'rename' }>;

function toQuestion(input: LspInput, place: Place): Question {
  const { operation, filePath, line, character, query = '' } = input;
  const path = filePath === undefined ? undefined : resolveToolPath(filePath, place);
  if (operation === 'workspaceSymbol') return { operation, query };
  if (operation === 'diagnostics') return path === undefined ? { operation } : { operation, path };
  if (path === undefined) throw new ToolInputError(`${operation} needs filePath.`);
  if (operation === 'documentSymbol') return { operation, path };
  if (line === undefined || character === undefined)
    throw new ToolInputError(`${operation} needs line and character.`);
  return { operation, path, line, character };
}

async function ask(
  input: LspInput,
  features: LanguageFeatures,
  context: ToolContext,
): Promise<ToolOutcome<LspOutput | ToolFailure>> {
  const question = toQuestion(input, context.workspace);
  const missing = await findMissing(question, context);
  if (missing !== undefined) return fail(missing);
  const answer = await features.ask(question, context.signal);
  context.signal.throwIfAborted();
  if (answer.kind === 'late') return fail(explainLate(answer.seconds));
  if (answer.kind === 'refused') return fail(`The language server refused: ${answer.reason}`);
  if (answer.kind === 'edit') return fail('The language server answered something else than was asked.');
  return succeed(await toOutput(question, answer, context));
}

async function findMissing(
  question: Question,
  { files, workspace }: ToolContext,
): Promise<string | undefined> {
  if (!('path' in question) || question.path === undefined) return undefined;
  const stat = await files.stat(question.path);
  const name = displayPath(question.path, workspace);
  if (stat === undefined) return `${name} does not exist.`;
  return stat.kind === 'file' ? undefined : `${name} is not a file.`;
}

/** For the model. */
export function explainLate(seconds: number): string {
  return `The language server has not answered within ${seconds} s. It may still be starting: try again later, or search with Grep.`;
}

async function toOutput(question: Question, answer: ListingAnswer, context: ToolContext): Promise<LspOutput> {
  const { text, resultCount, fileCount } = await tellAnswer(answer, context);
  return {
    operation: question.operation,
    ...('path' in question && question.path !== undefined ? { filePath: question.path } : {}),
    result: text === '' ? await explainNothing(question, context) : text,
    resultCount,
    fileCount,
  };
}

/** A wrong position is the usual cause, so what stands there is said. */
async function explainNothing(question: Question, context: ToolContext): Promise<string> {
  if (question.operation === 'diagnostics') return 'No errors or warnings are known.';
  if (!('character' in question)) return 'Nothing found.';
  const { path, line } = question;
  const name = `${displayPath(path, context.workspace)}:${line}:${question.character}`;
  const text = await createLineReader(context)(path, line);
  const where = text === '' ? 'That line is empty.' : `The line reads: ${text}`;
  return `Nothing found at ${name}. ${where}\nPerhaps the position is not on a name, or no language server knows this file.`;
}
