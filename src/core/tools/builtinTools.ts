/** The tools every session has. */
import type { ToolResultContent } from '../../protocol/blocks.ts';
import type { LanguageFeatures, PdfReader, ReviewComments, Workspace } from '../ports.ts';
import { askUserQuestion } from './askUserQuestion.ts';
import { type BashOptions, createBashTool } from './bash.ts';
import { createEditTool } from './edit.ts';
import { exitPlanMode } from './exitPlanMode.ts';
import { createGlobTool } from './glob.ts';
import { createGrepTool } from './grep.ts';
import { createLspTool } from './lsp.ts';
import { createNotebookEditTool } from './notebookEdit.ts';
import { createPathLocks, type PathLocks } from './pathLocks.ts';
import { createReadTool } from './read.ts';
import { createRenameSymbolTool } from './renameSymbol.ts';
import { createResolveCommentTool } from './resolveComment.ts';
import { taskStop } from './taskStop.ts';
import { todoWrite } from './todoWrite.ts';
import type { AnyTool } from './tool.ts';
import type { Place } from './toolPath.ts';
import { webFetch } from './webFetch.ts';
import { toWellFormed } from './wellFormed.ts';
import { withProblems } from './withProblems.ts';
import { createWriteTool } from './write.ts';

export interface BuiltinToolsOptions {
  /** For the titles of calls, which name paths as people see them. */
  readonly workspace: Pick<Workspace, 'cwd' | 'home' | 'platform' | 'roots'>;
  /** `Processes.shellName`. */
  readonly shellName: string;
  /** undefined: PDF documents can only be read whole. */
  readonly pdf?: PdfReader | undefined;
  /** undefined: no editor is there to be asked. */
  readonly languageFeatures?: LanguageFeatures | undefined;
  /** undefined: nobody comments on changes. */
  readonly reviewComments?: ReviewComments | undefined;
  /** As `AgentOptions.sandbox`. */
  readonly sandbox?: BashOptions['sandbox'];
}

/** In the order in which the model is told of them, which must not change within a session. */
export function createBuiltinTools(options: BuiltinToolsOptions): readonly AnyTool[] {
  const place = options.workspace;
  const locks = createPathLocks();
  const tools: readonly AnyTool[] = [
    createReadTool({ place, pdf: options.pdf }),
    withProblems(createEditTool({ place, locks }), ({ file_path }) => file_path),
    withProblems(createWriteTool({ place, locks }), ({ file_path }) => file_path),
    withProblems(createNotebookEditTool({ place, locks }), ({ notebook_path }) => notebook_path),
    createGlobTool({ place }),
    createGrepTool({ place }),
    ...createLanguageTools({ place, locks, features: options.languageFeatures }),
    createBashTool({ shellName: options.shellName, sandbox: options.sandbox }),
    taskStop,
    webFetch,
    todoWrite,
    askUserQuestion,
    exitPlanMode,
    ...(options.reviewComments === undefined ? [] : [createResolveCommentTool(options.reviewComments)]),
  ];
  return tools.map(withWellFormedResults);
}

function createLanguageTools({
  features,
  ...parts
}: {
  readonly place: Place;
  readonly locks: PathLocks;
  readonly features: LanguageFeatures | undefined;
}): readonly AnyTool[] {
  if (features === undefined) return [];
  return [createLspTool({ ...parts, features }), createRenameSymbolTool({ ...parts, features })];
}

function withWellFormedResults(tool: AnyTool): AnyTool {
  return { ...tool, toResultContent: (output) => toWellFormedContent(tool.toResultContent(output)) };
}

function toWellFormedContent(content: ToolResultContent): ToolResultContent {
  if (typeof content === 'string') return toWellFormed(content);
  return content.map((block) =>
    block.type === 'text' ? { ...block, text: toWellFormed(block.text) } : block,
  );
}
