/**
 * What the outside must give so that changes nobody announced can be recorded: somebody who looks at a whole folder again
 * and again and says what is different. On Node in worker threads (src/node/tree/).
 */
import type { PathKey } from '../paths.ts';

/** What stands at a path, as a scan has seen it. `mode`: permission bits as in `stat(2)`. */
export type SeenState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'symlink'; readonly target: string }
  | {
      readonly kind: 'file';
      readonly size: number;
      readonly mode: number;
      readonly nlink: number;
      /** Milliseconds since 1970. */
      readonly mtimeMs: number;
      readonly content: SeenContent;
    };

/** Where the bytes of a file can be had. */
export type SeenContent =
  /** They were handed to the sink, now or earlier. */
  | { readonly kind: 'sha256'; readonly sha256: string }
  /** In the object store of a git repository: `readGit` has them. */
  | { readonly kind: 'git'; readonly repository: string; readonly oid: string }
  /** Nowhere: the file is too large, or can't be read. */
  | { readonly kind: 'none' };

export interface SeenChange {
  /** Absolute. */
  readonly path: string;
  readonly before: SeenState;
  readonly after: SeenState;
}

/** Bytes of a file, ready to be stored (codec.ts). `length`: before encoding. */
export interface EncodedContent {
  readonly sha256: string;
  readonly length: number;
  readonly codec: 'raw' | 'deflate-raw';
  readonly stored: Uint8Array;
}

export interface ScanOptions {
  /** Takes the bytes of what is new. The scan waits for it, and fails with it. */
  readonly keep: (contents: readonly EncodedContent[]) => Promise<void>;
  /** How far it is, now and then. */
  readonly onProgress?: (progress: { readonly files: number; readonly bytes: number }) => void;
}

export interface ScanResult {
  /** In no order. Of the first scan: what differs from what was saved; without that, nothing. */
  readonly changes: readonly SeenChange[];
  /** Only of the first scan: it went on from what was saved. */
  readonly isFromSaved?: boolean;
  /** Files that are known now. */
  readonly files: number;
  /** Files among them whose bytes can't be had, absolute. */
  readonly unkept: readonly string[];
}

/** One folder with all below it. Calls are carried out one after the other. */
export interface TreeScanner {
  /** Once, before the first scan. */
  keepIn(place: TreePlace): void;
  /** Looks at everything. Throws ScanError. */
  scan(options: ScanOptions): Promise<ScanResult>;
  /** Resolves when what git holds of the files of the first scan can be had whatever becomes of its repository. */
  pinned(): Promise<void>;
  /** The bytes of git objects; what can't be had is left out. */
  readGit(repository: string, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Writes down what is known, for the next time. Contents that were handed out must be on the disk before. */
  save(): Promise<void>;
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
}

export interface TreeOptions {
  /** Absolute and real. */
  readonly root: string;
  /** Folders below it that are looked at by somebody else. */
  readonly except: readonly string[];
  /** Programs of the project's configuration may be run: only then git is asked anything. */
  readonly trusted: boolean;
  /** Tells which paths are spellings of one. Absent: no two are. */
  readonly toKey?: PathKey | undefined;
}

export interface TreePlace {
  /** A folder for its own use, absolute; it needn't exist. */
  readonly storage: string;
  /** Contents that are kept from earlier. */
  readonly kept: ReadonlySet<string>;
}

export interface TreeScanners {
  /** Why this folder is not looked at (the home folder, a whole drive), for a person; undefined: it can be. */
  refuse(root: string): Promise<string | undefined>;
  /** Begins at once with what takes its time and can be done before it is known where things are kept. */
  open(options: TreeOptions): TreeScanner;
}

/** A folder could not be looked at to the end, so that what has changed isn't known. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
}

/** The same but for times and second names. */
export function isSameSeen(left: SeenState, right: SeenState): boolean {
  if (left.kind === 'file' && right.kind === 'file')
    return left.mode === right.mode && isSameContent(left, right);
  if (left.kind === 'symlink' && right.kind === 'symlink') return left.target === right.target;
  if (left.kind === 'directory' && right.kind === 'directory') return left.mode === right.mode;
  return left.kind === right.kind;
}

type SeenFile = Extract<SeenState, { kind: 'file' }>;

function isSameContent(left: SeenFile, right: SeenFile): boolean {
  if (left.content.kind === 'sha256')
    return right.content.kind === 'sha256' && left.content.sha256 === right.content.sha256;
  if (left.content.kind === 'git')
    return right.content.kind === 'git' && left.content.oid === right.content.oid;
  return right.content.kind === 'none' && left.size === right.size && left.mtimeMs === right.mtimeMs;
}
