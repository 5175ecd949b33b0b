/** Where transcripts lie: one append-only JSONL file per session. A port; src/node/transcripts.ts is the one on disk. */

/** A part of a file, or of a line of it: from `start` up to, but not with, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface TranscriptReader {
  /**
   * Fills `target` with what stands in the file from `offset` (bytes) on. Resolves with the number of bytes that were read:
   * 0 at the end of the file, and when the session is new.
   */
  read(target: Uint8Array, offset: number): Promise<number>;
  close(): Promise<void>;
}

export interface Quarantined {
  /** So many of the lines had not been set aside before. */
  readonly news: number;
  /** The lines are no longer in the transcript: what stands behind them has another place now. */
  readonly removed: boolean;
}

export interface TranscriptFile extends TranscriptReader {
  /** Appends whole lines (without the final newline each) and resolves when the system has taken them. One writer at a time. */
  append(lines: readonly string[]): Promise<void>;
  /**
   * Moves lines that could not be parsed (where they stand, without their newline, in order) into a file beside the
   * transcript (`.corrupt`), where the same content is kept once. Lines that could not be taken out of the transcript stay
   * there, and are no news the next time.
   */
  quarantine(lines: readonly ByteRange[]): Promise<Quarantined>;
  /** Absolute path. */
  readonly path: string;
}

/** Kept beside the file, for readers that must know which call it belongs to. Fields as the Agent SDK reads them. */
export interface SidechainInfo {
  readonly agentType: string;
  readonly description: string;
  readonly toolUseId: string;
  readonly parentAgentId?: string;
}

/** The conversation of a subagent of an earlier run. */
export interface KeptSidechain {
  readonly agentId: string;
  readonly info: SidechainInfo;
  /** Absolute. */
  readonly path: string;
  /** For reading alone. */
  open(): TranscriptReader;
}

/** A port; src/node/sidechains.ts is the one on disk. */
export interface SidechainStore {
  /** Those beside the session's transcript, in no particular order. One whose call isn't known is left out. */
  list(transcriptPath: string): Promise<readonly KeptSidechain[]>;
  /** `transcriptPath`: of the session's transcript. */
  open(transcriptPath: string, agentId: string, info: SidechainInfo): Promise<TranscriptFile>;
}

export interface TranscriptEntry {
  readonly sessionId: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** Bytes. */
  readonly fileSize: number;
  /** A living process writes it, which may be this one. Absent: none does. */
  readonly isHeld?: true;
}

export interface TranscriptStore {
  /** `readOnly` is true when another living process writes this session. */
  open(sessionId: string): Promise<TranscriptFile & { readonly readOnly: boolean }>;
  /** Without the right to write, which another process may have meanwhile. A session that isn't there reads as empty. */
  openToRead(sessionId: string): Promise<TranscriptReader>;
  /** Sessions of this workspace, newest first. */
  list(): Promise<readonly TranscriptEntry[]>;
  /**
   * Puts a session with all that lies beside it into the trash. False: it is not there, or a living process writes it (which
   * may be this one).
   */
  remove(sessionId: string): Promise<boolean>;
  /** Brings it back from there. False: it is not there, or there is another one under its id by now. */
  restore(sessionId: string): Promise<boolean>;
  /** Ids of the sessions of all workspaces, of those in the trash, too. */
  listAllIds(): Promise<ReadonlySet<string>>;
  /** The first and the last bytes of a transcript, for a list that needn't read all of it. */
  peek(sessionId: string, bytes: number): Promise<{ readonly head: Uint8Array; readonly tail: Uint8Array }>;
}
