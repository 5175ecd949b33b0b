/**
 * A tool is a protocol object: the model reads its name, prompt and input schema; the permission layer reads what a call
 * would touch; the loop runs it; the panel shows it. One file each, listed in builtinTools.ts.
 *
 * To write a tool: copy the smallest one (todoWrite.ts), say in `effects` everything a call touches (what is not said
 * there is not allowed), change files only through `context.files`, and put a test beside it in test/unit/core/tools/.
 */
import type * as z from 'zod';
import type { ToolResultContent } from '../../protocol/blocks.ts';
import type { AcceptedText } from '../../protocol/permissions.ts';
import type {
  Clock,
  Diagnostics,
  FileSystem,
  Log,
  Processes,
  Storage,
  Web,
  Workspace,
  WriteOutcome,
} from '../ports.ts';
import type { CommandSandbox } from '../sandbox/commandSandbox.ts';
import type { BackgroundTasks } from './backgroundTasks.ts';
import type { ReadState } from './readState.ts';

/** Something a call does to the world outside the conversation. Permissions are decided on these. */
export type Effect =
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string }
  | {
      readonly kind: 'execute';
      readonly command: string;
      readonly cwd: string;
      /** `allowed`: inside, where the user wants no question; `outside`: it asks to leave it. Absent: there is none. */
      readonly sandbox?: 'inside' | 'allowed' | 'outside';
    }
  | { readonly kind: 'fetch'; readonly url: string }
  /** A call to an MCP server; `changed`: the tool is not any more what it was when the model was told of it. */
  | { readonly kind: 'mcp'; readonly server: string; readonly tool: string; readonly changed: boolean }
  /** A person must answer on the card itself; never answered by a rule or a mode. */
  | { readonly kind: 'ask'; readonly what: 'question' | 'plan' };

/** A change to a file as it would be, for the permission card and the tool card. null: not there (or not text). */
export interface FilePreview {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ToolProgress {
  /** Text put out since the last progress (a terminal's output, decoded, ANSI kept). */
  readonly output: string;
}

/** What a finished call gives: what the model reads, and what the panel shows beyond it. */
export interface ToolOutcome<Output> {
  readonly output: Output;
  readonly isError: boolean;
}

/** Files as tools see them: every change is recorded for the rewind before it happens. */
export interface ToolFiles
  extends Pick<FileSystem, 'stat' | 'lstat' | 'readFile' | 'readRange' | 'readDirectory' | 'realPath'> {
  /**
   * Records the before-image, makes missing folders, writes, records what stands there now. `expectedRealPath`: where the
   * path led when the write was allowed; FileError('ESTALE') when it leads elsewhere by now.
   */
  write(
    path: string,
    bytes: Uint8Array,
    options?: { readonly expectedRealPath: string },
  ): Promise<WriteOutcome>;
}

/** The text is what the model would read of the result. */
export type RunTool = (
  name: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<{ readonly text: string; readonly isError: boolean }>;

/** What a call is given. Lives as long as the call, but for `readState` and `tasks`, which live as long as the session. */
export interface ToolContext {
  readonly toolUseId: string;
  /** The message of a person in whose turn the call is made: what it changes goes back with that turn. */
  readonly userMessageId: string;
  readonly workspace: Workspace;
  readonly files: ToolFiles;
  readonly processes: Processes;
  readonly web: Web;
  /** Absent: no editor looks at the files. */
  readonly diagnostics?: Diagnostics | undefined;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** Which files the model has read, and in which state: Edit and Write refuse what was not read or changed since. */
  readonly readState: ReadState;
  readonly tasks: BackgroundTasks;
  /**
   * Whether the model may see this file (an absolute path). A search names only its folder in `effects`; files in it that a
   * rule denies are left out of what it answers. Absent: no such rule.
   */
  readonly mayRead?: (path: string) => boolean;
  /**
   * Whether the model could read this file (an absolute path) without anybody being asked: what others have found, the model is
   * told of no more than that. Absent: it could read all.
   */
  readonly mayReadUnasked?: (path: string) => Promise<boolean>;
  /** Where commands run; absent: there is no sandbox for them. */
  readonly sandbox?: CommandSandbox | undefined;
  /**
   * Runs another tool as whoever called this one would: with the same tools to choose from, permissions, hooks and checkpoints.
   * Rejects only when the turn is aborted.
   */
  readonly runTool: RunTool;
  /** What a person has agreed to in place of what the call would write. Only for tools that take it. */
  readonly accepted?: AcceptedText | undefined;
  /** Aborted when the turn is. The tool must end soon after, and leave no child behind. */
  readonly signal: AbortSignal;
}

/** What `effects`, `preview` and `isReadOnly` may look at: nothing that changes anything. */
export type ToolView = Pick<ToolContext, 'workspace' | 'files' | 'readState' | 'sandbox'>;

export interface Tool<Input = unknown, Output = unknown> {
  /** Matches ^[a-zA-Z0-9_-]{1,128}$. */
  readonly name: string;
  /** The MCP server it belongs to; absent: it is Belay's own. */
  readonly server?: string;
  /** One sentence for a person. */
  readonly description: string;
  /** What the model reads: what the tool does, when to use it, what it answers. */
  readonly prompt: string;
  /** The JSON schema that the model sees is derived from it. */
  readonly inputSchema: z.ZodType<Input>;
  /** Shown to the model instead: for tools whose schema comes from outside as JSON (toolSchema.ts, `fromJsonSchema`). */
  readonly inputJsonSchema?: Readonly<Record<string, unknown>>;
  /** Changes nothing outside the conversation: may start before the reply has ended. */
  isReadOnly(input: Input): boolean;
  /** Runs programs that may change any file. */
  readonly runsCommands?: boolean;
  /** May run beside other calls that say so too. */
  isConcurrencySafe(input: Input): boolean;
  /** Everything the call would touch. Throws ToolInputError for input that can't be meant. */
  effects(input: Input, view: ToolView): Promise<readonly Effect[]>;
  /** For tools that change a file: the change as it would be. Undefined where it can't be told beforehand. */
  preview?(input: Input, view: ToolView): Promise<FilePreview | undefined>;
  /** A person may change what it would write before agreeing to it (acceptedText.ts). */
  readonly takesAcceptedText?: boolean;
  /** For tools that change several files at once: all the changes as they would be. */
  previewFiles?(input: Input, view: ToolView): Promise<readonly FilePreview[] | undefined>;
  /**
   * Runs the call: progress while it runs, then the outcome. An expected failure (no such file, exit code 1) is an outcome
   * with `isError`; what is thrown is a defect or an abort.
   */
  run(input: Input, context: ToolContext): AsyncGenerator<ToolProgress, ToolOutcome<Output>, void>;
  /** What the model reads of the output. Never empty. */
  toResultContent(output: Output): ToolResultContent;
  /** What a person reads while it runs, from input that may still be half there: "Edit src/app.ts". */
  title(input: Partial<Input>): string;
}

/** Any tool, for lists. Input has been parsed by the tool's own schema before it comes back to it. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where tools of different inputs stand in one list
export type AnyTool = Tool<any, any>;

/** Input that fits the schema but can't be meant (a relative path with a NUL, an unknown option). The model reads the message. */
export class ToolInputError extends Error {
  override readonly name = 'ToolInputError';
}
