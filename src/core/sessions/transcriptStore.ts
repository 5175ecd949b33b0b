/** Where transcripts lie: one append-only JSONL file per session. A port; src/node/transcripts.ts is the one on disk. */
export interface TranscriptFile {
  /** The whole file as it is, for parsing; empty when the session is new. */
  read(): Promise<Uint8Array>;
  /** Appends whole lines (without the final newline each) and resolves when the system has taken them. One writer at a time. */
  append(lines: readonly string[]): Promise<void>;
  /**
   * Moves lines (without their newline) that could not be parsed into a file beside the transcript (`.corrupt`), where the
   * same content is kept once. Resolves with how many of them are news: one that could not be taken out of the transcript
   * stays there, and is none the next time.
   */
  quarantine(lines: readonly Uint8Array[]): Promise<number>;
  /** Absolute path. */
  readonly path: string;
  close(): Promise<void>;
}

/** Kept beside the file, for readers that must know which call it belongs to. Fields as the Agent SDK reads them. */
export interface SidechainInfo {
  readonly agentType: string;
  readonly description: string;
  readonly toolUseId: string;
  readonly parentAgentId?: string;
}

/** A port; src/node/sidechains.ts is the one on disk. */
export interface SidechainStore {
  /** `transcriptPath`: of the session's transcript. */
  open(transcriptPath: string, agentId: string, info: SidechainInfo): Promise<TranscriptFile>;
}

export interface TranscriptEntry {
  readonly sessionId: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  /** Bytes. */
  readonly fileSize: number;
}

export interface TranscriptStore {
  /** `readOnly` is true when another living process writes this session. */
  open(sessionId: string): Promise<TranscriptFile & { readonly readOnly: boolean }>;
  /** Sessions of this workspace, newest first. */
  list(): Promise<readonly TranscriptEntry[]>;
  /** Ids of the sessions of all workspaces. */
  listAllIds(): Promise<ReadonlySet<string>>;
  /** The first and the last bytes of a transcript, for a list that needn't read all of it. */
  peek(sessionId: string, bytes: number): Promise<{ readonly head: Uint8Array; readonly tail: Uint8Array }>;
}
