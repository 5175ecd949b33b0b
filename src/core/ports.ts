/**
 * What the outside must give the agent. The core knows no editor, no Node and no DOM: it sees the world through these.
 * Each port is small and says how it fails. `src/node/` and `src/vscode/` hold the implementations; tests use the Node
 * ones on a temporary folder, or small in-memory ones.
 *
 * Paths are absolute, in the form of the platform the agent works on (`Workspace.platform`).
 */
import type { LanguageAnswer, LanguageQuestion } from '../protocol/languageFeatures.ts';
import type { ProblemBaseline, ProblemsFound } from '../protocol/problems.ts';
import type { StreamEvent } from '../protocol/streamEvents.ts';
import type { ModelRequest } from './model/modelRequest.ts';

export type Platform = 'linux' | 'darwin' | 'win32';

export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with fractions where the file system has them. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
  /** Number of hard links. */
  readonly nlink: number;
  /** Permission bits, as in `stat(2)`, without the kind. */
  readonly mode: number;
}

/** Which spellings of a name the volume takes for one file. */
export interface NameFolding {
  /** Upper and lower case are one. */
  readonly case: boolean;
  /** Composed and decomposed letters are one. */
  readonly unicode: boolean;
}

/** The way from a path to where it really leads. */
export interface PathTrace {
  /** The real path of the deepest existing ancestor, plus the rest. */
  readonly real: string;
  /** The path as it was after each link that was followed, in order. Empty: there was none. */
  readonly hops: readonly string[];
  readonly folding: NameFolding;
}

/** What stands in the file after a write: equal to what was written, unless something (a formatter on save) changed it. */
export interface WriteOutcome {
  readonly bytes: Uint8Array;
  /** True when `bytes` differ from what was asked to be written. */
  readonly changedOnSave: boolean;
}

export interface WriteOptions {
  /** Permission bits the file is to have. */
  readonly mode?: number;
  /** The real path the write was allowed for: FileError('ESTALE') when the path leads elsewhere by now. */
  readonly expectedRealPath?: string;
  /** `later`: whoever writes many files calls `flush` behind the last one. Default: it is on the disk when it is in place. */
  readonly flush?: 'later';
}

/** A failed operation on a file. `code` is the system's word (ENOENT, EACCES, ENOSPC, EISDIR, ELOOP, …). */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: string;
  readonly path: string;

  constructor(code: string, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/**
 * The files the agent sees. On disk when headless; in VS Code a file that is open or dirty is read from, and written
 * through, its document. All methods throw FileError; "not there" is `undefined` where the return type says so.
 */
export interface FileSystem {
  /** Follows links. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Does not follow a link at the end of the path. */
  lstat(path: string): Promise<FileStat | undefined>;
  /** The bytes (of the open document, where there is one). Throws FileError('EFBIG') beyond `maxBytes`, EISDIR, EINVAL for FIFOs and devices. */
  readFile(
    path: string,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array>;
  /** Bytes on disk from `offset`, at most `length` of them: for looking into a file too big to be read whole. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array>;
  /**
   * All or nothing (temporary file and rename, or the open document and a save). Keeps the mode of an existing file. Parent
   * folders must exist. A link is followed: its target is written. A file that may not be written is refused (EACCES),
   * unless `mode` says what it is to become.
   */
  writeFile(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<WriteOutcome>;
  /**
   * Makes the folder and its missing parents; returns those it made, outermost first. This, and all below that changes
   * something, needs the real path of the folder that it is in: FileError('ESTALE') where a link leads there.
   */
  makeDirectory(path: string): Promise<readonly string[]>;
  /** Removes a file or link. Not there is no error. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty folder; returns false when it isn't empty or isn't there. */
  removeEmptyDirectory(path: string): Promise<boolean>;
  readDirectory(path: string): Promise<readonly { readonly name: string; readonly kind: FileStat['kind'] }[]>;
  readLink(path: string): Promise<string>;
  makeLink(path: string, target: string): Promise<void>;
  /**
   * Gives what stands at `path` this name, in the same folder. Something else that has it is refused: FileError('EEXIST').
   * A volume that folds case may do nothing where it takes the two names for one.
   */
  rename(path: string, name: string): Promise<void>;
  /** Of a file or a folder; a link is refused with FileError('ESTALE'). */
  setMode(path: string, mode: number): Promise<void>;
  /**
   * Of these files and links, written, made or removed: what stands there, and that it does, is on the disk then. What isn't
   * there (any more) is no error.
   */
  flush(paths: readonly string[]): Promise<void>;
  /** The real path of the deepest existing ancestor, plus the rest. Throws FileError('ELOOP') on a loop of links. */
  realPath(path: string): Promise<string>;
  /** As `realPath`, with the links on the way. `..` is the parent of where the way has led so far. */
  tracePath(path: string): Promise<PathTrace>;
  /** True when an editor holds unsaved changes of this file. */
  hasUnsavedChanges(path: string): Promise<boolean>;
}

/** What contents need that a platform may do faster than the language: their names, and packing. */
export interface ByteWork {
  /** In hexadecimal. */
  sha256(bytes: Uint8Array): Promise<string>;
  /** As in ISO 3309, unsigned. */
  crc32(bytes: Uint8Array): number;
  /** Raw deflate, RFC 1951. */
  deflate(bytes: Uint8Array): Promise<Uint8Array>;
  /** Throws when the bytes are no such stream. */
  inflate(bytes: Uint8Array): Promise<Uint8Array>;
}

export interface ProcessExit {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** What the sandbox has kept it from, each thing once; absent: it did not run in the sandbox. */
  readonly violations?: readonly SandboxViolation[];
}

/** Something that a command tried and the sandbox refused. The command itself can invent such things: for telling only. */
export type SandboxViolation =
  | { readonly kind: 'write'; readonly path: string }
  | { readonly kind: 'network'; readonly address: string; readonly reason: string }
  | { readonly kind: 'other'; readonly text: string };

/**
 * What a command may do that runs in the sandbox. Paths are absolute, and names of what is there unless said otherwise;
 * folders stand for all below them.
 */
export interface SandboxPolicy {
  readonly write: readonly string[];
  /** Not to be written though it lies in `write`, also where nothing is yet. */
  readonly denyWrite: readonly string[];
  readonly denyRead: readonly string[];
  /** The same, as patterns with `*`, `**`, `?` and `[…]`. */
  readonly denyReadPatterns: readonly string[];
  /** To be read though it lies in `denyRead`. */
  readonly allowRead: readonly string[];
  /** Names taken out of the environment, beside those that no command gets. */
  readonly dropEnvironment: readonly string[];
  readonly network: {
    /** `example.com`, `*.example.com`; nothing else can be reached. */
    readonly allowedDomains: readonly string[];
    readonly deniedDomains: readonly string[];
    /** macOS: sockets in the file system; elsewhere they are all shut, or all open. */
    readonly unixSockets: readonly string[];
    readonly allUnixSockets: boolean;
    /** macOS: may listen on local ports. (On Linux it may, on ports of its own that nobody else reaches.) */
    readonly localBinding: boolean;
  };
  /** Linux: without a /proc of its own, for containers that can't give one. Weaker. */
  readonly hostProc: boolean;
}

/** A running process with all its children. Nobody can type into it. */
export interface RunningProcess {
  readonly pid: number;
  /** Decoded output in the order it came; ends when the process has ended. Read it, or the process may block. */
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly text: string }>;
  /** Never rejects. Resolves once the process has ended and its output is closed (or was given up after the kill). */
  readonly exit: Promise<ProcessExit>;
  /** Ends the whole process tree: politely first, by force after 3 s. Resolves when it is gone. */
  kill(): Promise<void>;
}

export interface SpawnOptions {
  readonly cwd: string;
  /** Added to (or, with undefined, taken out of) the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input, which ends behind it. Without it there is nothing to read. */
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Aborting kills the tree. */
  readonly signal?: AbortSignal;
}

export interface ShellOptions extends SpawnOptions {
  /** Run it in the sandbox, or not at all. Absent: it runs without one. */
  readonly sandbox?: SandboxPolicy | undefined;
}

/** A process that could not be started. `code` is the system's word (ENOENT, EMFILE, …), or `SANDBOX`: its sandbox failed. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What has become of the files of the workspace, for who knows them already. */
export interface FileNews {
  now(): Promise<{
    /** Grows with each file that is made or removed, and where it is said anew which files count. */
    readonly count: number;
    /** Patterns of files that a person doesn't want to see, as `files.exclude` of VS Code has them. */
    readonly hidden: readonly string[];
  }>;
}

export interface Processes {
  /** Runs a command line in the platform's shell: `bash --noprofile --norc`, PowerShell on Windows. Throws SpawnError. */
  runShell(command: string, options: ShellOptions): Promise<RunningProcess>;
  /** Runs a program directly, without a shell. Throws SpawnError. */
  run(file: string, args: readonly string[], options: SpawnOptions): Promise<RunningProcess>;
  /**
   * Why commands can't run in the sandbox here, and what to do about it, for a person; undefined: they can. Absent: there is
   * no sandbox at all.
   */
  readonly checkSandbox?: (policy: Pick<SandboxPolicy, 'hostProc'>) => Promise<string | undefined>;
  /** What to call the shell towards the model: "bash" or "PowerShell". */
  readonly shellName: string;
  /** Path of ripgrep, or undefined when there is none. */
  ripgrep(): Promise<string | undefined>;
}

export type WebAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly contentType: string;
      readonly body: Uint8Array;
      readonly truncated: boolean;
    }
  /** One hop only; whether to follow is for the caller to decide. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** Refused before anything was sent: a private, link-local or metadata address. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface WebPost {
  /** JSON. */
  readonly body: string;
  /** Beside those that every request has. */
  readonly headers: Readonly<Record<string, string>>;
  /** This machine itself may be asked, too. */
  readonly allowLoopback: boolean;
  /** Bytes of the answer that are read. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface Web {
  /** GET without cookies, pinned to the address that was checked. Never rejects but for an abort. */
  get(url: string, options: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<WebAnswer>;
  /** POST of JSON, in the same way. It has no time limit but the signal. */
  post(url: string, options: WebPost): Promise<WebAnswer>;
}

/** Looks into PDF documents. The code that can is large, so it is loaded with the first PDF. */
export interface PdfReader {
  /** undefined: it can't be read (damaged, or locked with a password). */
  countPages(bytes: Uint8Array): Promise<number | undefined>;
  /** A document of only these pages. The first page of a document is 1; `last` is included. */
  extractPages(
    bytes: Uint8Array,
    pages: { readonly first: number; readonly last: number },
  ): Promise<Uint8Array>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Keys and tokens, kept by the outside (SecretStorage, environment). Never logged, never sent to the webview. */
export interface Secrets {
  get(name: 'anthropic-api-key' | 'anthropic-auth-token'): Promise<string | undefined>;
}

/** An append-only file of records, for journals and packs. */
export interface AppendFile {
  /** Bytes in the file. */
  readonly size: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Waits until what was appended is on the disk (fdatasync). */
  flush(): Promise<void>;
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Cuts the file, for dropping a torn tail. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Belay's own files (checkpoints, transcripts, task output): a folder that is never inside the workspace. */
export interface Storage {
  openAppend(path: readonly string[]): Promise<AppendFile>;
  /** Names in a folder of the storage; empty when it isn't there. */
  list(
    path: readonly string[],
  ): Promise<readonly { readonly name: string; readonly size: number; readonly mtimeMs: number }[]>;
  readFile(path: readonly string[]): Promise<Uint8Array | undefined>;
  /** Temporary file, flush, rename. */
  writeFile(path: readonly string[], bytes: Uint8Array): Promise<void>;
  remove(path: readonly string[]): Promise<void>;
  /** Removes a folder with all that is in it. Not there is no error. */
  removeFolder(path: readonly string[]): Promise<void>;
  /** Bytes that are free on its disk; absent, or undefined: nobody can say. */
  readonly freeBytes?: () => Promise<number | undefined>;
  /** Absolute path, for telling it to a person or to the model. */
  locate(path: readonly string[]): string;
  /** Takes the lock; undefined when another living process holds it. A lock left by a dead process is taken over. */
  lock(path: readonly string[]): Promise<{ release(): Promise<void> } | undefined>;
}

/** Where the agent works. */
export interface Workspace {
  /** The folder relative paths and commands start from. */
  readonly cwd: string;
  /** All folders the agent may work in, `cwd` first. */
  readonly roots: readonly string[];
  readonly home: string;
  readonly platform: Platform;
  readonly trusted: boolean;
  /** Operating system and version, for the system prompt. */
  readonly osDescription: string;
}

/**
 * What language servers, linters and their like find wrong with files. Nothing of it rejects: who can't be asked has found
 * nothing. An abort ends the waiting, not what is answered.
 */
export interface Diagnostics {
  /** What is known of this file before it is changed (or made). undefined: nobody looks at such a file. */
  before(path: string, signal: AbortSignal): Promise<ProblemBaseline | undefined>;
  /**
   * What is found after the change: as soon as it has settled, and at most two seconds (with what `before` has waited) after it
   * was asked.
   */
  after(baseline: ProblemBaseline, signal: AbortSignal): Promise<ProblemsFound>;
}

/** What the language servers of an editor know about code. */
export interface LanguageFeatures {
  /** Never rejects, and takes at most some seconds; an abort ends it at once, whatever is answered then. */
  ask(question: LanguageQuestion, signal: AbortSignal): Promise<LanguageAnswer>;
}

/** What the user has said about lines of changes, in an editor. */
export interface ReviewComments {
  /** The agent has dealt with this one. Never rejects. */
  resolve(answer: CommentAnswer, signal: AbortSignal): Promise<CommentOutcome>;
}

export interface CommentAnswer {
  readonly id: string;
  /** For the user. */
  readonly reply?: string;
}

export interface CommentOutcome {
  readonly isFound: boolean;
  /** Ids of those that the agent has been told of and that are not resolved. */
  readonly open: readonly string[];
}

/** Asks the model: a stream of events, ended by `message_stop`. Throws ModelError (core/model/modelError.ts). */
export type StreamModel = (request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamEvent>;

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
