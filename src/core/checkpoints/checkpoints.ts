/**
 * Checkpoints: what the agent changed, recorded so that it can be taken back. A write-ahead journal over a
 * content-addressed store; see docs/architecture.md. This file holds what the rest of the agent sees of it;
 * createCheckpoints.ts makes one.
 */
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import type { TreeState } from './tree/tree.ts';

export type ChangeOrigin = 'tool' | 'shell' | 'subagent' | 'mcp' | 'rewind';

/** One entry of a checkpoint: a file the call changed. */
export interface FileChange {
  readonly path: string;
  readonly change: 'created' | 'modified' | 'deleted';
  readonly insertions: number;
  readonly deletions: number;
}

export interface Checkpoint {
  readonly id: string;
  /** uuid of the user message in whose turn it was made; of a rewind: the message it went back to. */
  readonly userMessageId: string;
  readonly toolUseId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly origin: ChangeOrigin;
  readonly files: readonly FileChange[];
  /** A rewind that took another one back. */
  readonly isRedo?: boolean;
}

/** 'merge' leaves what somebody else changed since and reports it; 'overwrite' takes it back all the same (it stays in the store). */
export type RewindMode = 'merge' | 'overwrite';

/**
 * What to go back to: the state before the first change made in this user message's turn or after it, the one just before
 * this tool call, or the one just before this checkpoint; of a rewind: what it took back is there again.
 */
export type RewindPoint =
  | { readonly userMessageId: string }
  | { readonly toolUseId: string }
  | { readonly checkpointId: string };

/** What a person has chosen for a file: leave it as it is, or take it back whatever somebody else has changed. */
export type Resolution = 'keep' | 'take';

export type RewindOptions = RewindPoint & {
  readonly dryRun: boolean;
  /** Only these files, and what lies in these folders. */
  readonly paths?: readonly string[];
  /** Other files, that go back to points of their own in the same rewind. */
  readonly further?: readonly FurtherFiles[];
  readonly mode: RewindMode;
  /** By path; before `mode`. */
  readonly resolutions?: Readonly<Record<string, Resolution>>;
  /** Of these files only these changes, by the ids that `versions` tells; and no other file. */
  readonly hunks?: Readonly<Record<string, readonly string[]>>;
};

export type FurtherFiles = RewindPoint & { readonly paths: readonly string[] };

export type VersionsQuery = RewindPoint & {
  readonly path: string;
  /** `since`: what a rewind to this point would take back. `alone`: what the call, the turn or the rewind itself did. */
  readonly scope: 'since' | 'alone';
};

export interface RedoOptions {
  readonly dryRun: boolean;
  /** Default: merge. */
  readonly mode?: RewindMode;
  readonly resolutions?: Readonly<Record<string, Resolution>>;
}

export interface FileVersions {
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

/** What stood there. */
export interface FileVersion {
  /** null: no copy of it is kept. */
  readonly bytes: Uint8Array | null;
  /** Of two contents that are the same it is the same. */
  readonly id: string;
}

/** What a person needs to see to choose. null: not there, or its content is not kept. */
export interface ConflictVersions {
  /** What Belay left. */
  readonly base: Uint8Array | null;
  /** What stands there now. */
  readonly mine: Uint8Array | null;
  /** What the rewind would put there. */
  readonly theirs: Uint8Array | null;
  /** Both sides in one text, with markers where they touch the same lines; null: it can't be made of these. */
  readonly merged: Uint8Array | null;
}

/** One tool call's record. `beforeWrite` must have resolved before the file is touched. createRecordingFiles does it all. */
export interface ChangeRecorder {
  /** Runs `task` while no other call writes this path and no rewind runs. Not to be nested. */
  exclusive<T>(path: string, task: () => Promise<T>): Promise<T>;
  /**
   * Resolves when the before-image is on the disk. `path` must be a real path (FileSystem.realPath). `intended` is what is
   * about to be written: with it, a crash during the write leaves no doubt about whose change it was.
   */
  beforeWrite(path: string, intended?: Uint8Array): Promise<void>;
  /** What stands there now: `bytes`, or read from the disk when not given. Also called when a write failed. */
  afterWrite(path: string, directoriesMade: readonly string[], bytes?: Uint8Array): Promise<void>;
  /**
   * Something is about to run that may change any file without saying so: what changes from when this resolves until `finish` is
   * the call's. Never rejects: a folder that can't be looked at says so by its state.
   */
  expectChanges(origin: ChangeOrigin): Promise<void>;
  /** Whether `expectChanges` was asked for: then `finish` may take a moment. */
  readonly isExpecting: boolean;
  /** The call has been answered, and goes on beside; `finish` comes when that has ended. */
  goOn(): Promise<Checkpoint | undefined>;
  /** Ends the record; undefined when nothing changed. */
  finish(): Promise<Checkpoint | undefined>;
}

/** Of one folder of the workspace. */
export interface CaptureState {
  readonly root: string;
  readonly state: TreeState;
}

/** What opening the store had to set right after a crash. */
export interface Recovery {
  /** Rewinds that a crash had cut off and that were finished now. */
  readonly rewinds: readonly RewindAnswer[];
  /** Files that a crash hit between before-image and after-image, and whose change can't be told from the user's own. */
  readonly unknownChanges: readonly string[];
}

/** A change by another session of the workspace. */
export interface OtherChange {
  readonly sessionId: string;
  readonly checkpoint: Omit<Checkpoint, 'files'>;
  readonly change: FileChange;
}

export interface OtherVersionsQuery {
  readonly sessionId: string;
  readonly checkpointId: string;
  readonly path: string;
}

export interface Checkpoints {
  readonly recovery: Recovery;
  /** A user message's turn starts. Without it, a message in whose turn no call is recorded is unknown to `rewind`. */
  beginTurn(userMessageId: string): void;
  /** A call that may change files without saying so is coming: what stands there is looked at meanwhile. */
  prepare(): void;
  /** A turn is over: resolves when what its calls changed is recorded, and what goes on beside has been looked after. */
  endTurn(): Promise<void>;
  /** How far it is known what lies in each folder of the workspace; empty: nobody looks. */
  captureStates(): readonly CaptureState[];
  /** Told of every change of these. */
  onCapture(listener: (state: CaptureState) => void): void;
  /** `userMessageId`: the message whose turn the call belongs to. */
  record(call: {
    readonly userMessageId: string;
    readonly toolUseId: string;
    readonly origin: ChangeOrigin;
  }): ChangeRecorder;
  /** Oldest first, rewinds among them. */
  list(): readonly Checkpoint[];
  rewind(options: RewindOptions): Promise<RewindAnswer>;
  canRedo(): boolean;
  /**
   * Takes the last rewind back: the files the agent changed are again as they were just before it. What the agent did since
   * is taken back by that, and offered in turn once the older rewinds have been redone.
   */
  redo(options: RedoOptions): Promise<RewindAnswer>;
  /** Files whose change by a checkpoint is no part of what stands there (any more), by the id of the checkpoint. */
  takenBack(): ReadonlyMap<string, readonly string[]>;
  /** Rewinds that `redo` will offer, the next one first, by id. */
  redoable(): readonly string[];
  /** undefined: the agent didn't change the file there. Throws BlobError when the stored bytes are damaged. */
  versions(query: VersionsQuery): Promise<FileVersions | undefined>;
  /** undefined: a rewind to this point would not move the file. Throws as `versions`. */
  conflict(query: RewindPoint & { readonly path: string }): Promise<ConflictVersions | undefined>;
  /** What other sessions have recorded of a file, oldest first; as much of it as can be read. */
  otherChanges(path: string): Promise<readonly OtherChange[]>;
  /** The file before and after such a change; undefined: there is no such record (any more). Throws BlobError and FileError. */
  otherVersions(query: OtherVersionsQuery): Promise<FileVersions | undefined>;
  close(): Promise<void>;
}
