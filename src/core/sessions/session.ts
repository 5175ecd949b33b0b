/**
 * A session: the conversation and the file it is kept in. Of an old one only the heads of the lines are in memory; what was
 * said is read when somebody looks at it. What was appended is in memory at once and in the file as soon as the system takes
 * it; when the file can't be written (a full disk), the lines wait and go with the next attempt.
 */
import type { ToolUseBlock } from '../../protocol/blocks.ts';
import type { AssistantMessage, ResultMessage, UserMessage } from '../../protocol/messages.ts';
import type { SystemMessageOf } from '../../protocol/systemMessages.ts';
import type { Clock, Log } from '../ports.ts';
import { blocksOf, type Conversation } from './conversation.ts';
import { LineContents } from './lineContents.ts';
import { type ChainHead, type LineHead, toChainHead, toNoteHead } from './lineHead.ts';
import { type ReadTranscript, readTranscript } from './readTranscript.ts';
import type { ChainLine, NoteLine, RecordLine, VisibleLine } from './transcriptLine.ts';
import type { TranscriptFile, TranscriptStore } from './transcriptStore.ts';

export interface SessionOptions {
  readonly sessionId: string;
  readonly cwd: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly createId: () => string;
  /** The subagent whose conversation this is, in a file beside the session's own. */
  readonly agentId?: string | undefined;
}

/** The transcript could not be written. What was said is kept in memory and written with the next attempt. */
export class TranscriptWriteError extends Error {
  override readonly name = 'TranscriptWriteError';
}

/** Messages worth keeping beside the conversation. */
export type Note =
  | ResultMessage
  | SystemMessageOf<'belay/checkpoint_created'>
  | SystemMessageOf<'belay/files_rewound'>
  | SystemMessageOf<'informational'>
  | SystemMessageOf<'local_command_output'>
  | SystemMessageOf<'compact_boundary'>;

export interface UnansweredCall {
  readonly call: ToolUseBlock;
  /** It had been started, so nobody knows what it has done. */
  readonly mayHaveRun: boolean;
}

export class Session {
  readonly conversation: Conversation;
  /** True when another window writes this session. */
  readonly readOnly: boolean;
  /** So many lines were found now that could not be read; each is counted once, however often the session is opened. */
  readonly linesSetAside: number;
  readonly #file: TranscriptFile;
  readonly #contents: LineContents;
  readonly #options: SessionOptions;
  #waiting: string[];
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    file: TranscriptFile & { readonly readOnly: boolean },
    loaded: { readonly conversation: Conversation; readonly linesSetAside: number },
    options: SessionOptions,
  ) {
    this.#file = file;
    this.#contents = new LineContents(file, options.log);
    this.readOnly = file.readOnly;
    this.conversation = loaded.conversation;
    this.linesSetAside = loaded.linesSetAside;
    this.#options = options;
    this.#waiting = [];
  }

  /** Opens the transcript, new or old. Lines that can't be read are moved aside, never lost. */
  static async open(store: Pick<TranscriptStore, 'open'>, options: SessionOptions): Promise<Session> {
    const file = await store.open(options.sessionId);
    try {
      const { read, linesSetAside } = await readAndSetAside(file, options);
      const session = new Session(file, { conversation: read.conversation, linesSetAside }, options);
      if (!read.endsWithNewline) session.#waiting.push('');
      return session;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get sessionId(): string {
    return this.#options.sessionId;
  }

  get path(): string {
    return this.#file.path;
  }

  /** What the model may see of the conversation, oldest first. It is read once and stays in memory. */
  visibleToModel(): Promise<readonly VisibleLine[]> {
    return this.#contents.readVisible(this.conversation.visible);
  }

  /** The lines one after the other; one that can't be read is left out. None is kept in memory that was not before. */
  readLines(heads: readonly ChainHead[]): AsyncGenerator<ChainLine, void>;
  readLines(heads: readonly LineHead[]): AsyncGenerator<ChainLine | NoteLine, void>;
  readLines(heads: readonly LineHead[]): AsyncGenerator<ChainLine | NoteLine, void> {
    return this.#contents.read(heads);
  }

  /** undefined: it can't be read. */
  async readLine(head: ChainHead): Promise<ChainLine | undefined> {
    for await (const line of this.readLines([head])) return line;
    return undefined;
  }

  /** Calls at the end of the conversation that were never answered: the process ended, or was interrupted, before they were. */
  async unansweredCalls(): Promise<readonly UnansweredCall[]> {
    const calls: ToolUseBlock[] = [];
    const answered = new Set<string>();
    for await (const line of this.readLines(this.conversation.sinceLastReply)) {
      for (const block of blocksOf(line)) {
        if (line.type === 'assistant' && block.type === 'tool_use') calls.push(block);
        if (line.type === 'user' && block.type === 'tool_result') answered.add(block.tool_use_id);
      }
    }
    return calls
      .filter(({ id }) => !answered.has(id))
      .map((call) => ({ call, mayHaveRun: this.conversation.hasStarted(call.id) }));
  }

  /** Makes the message part of the conversation. Throws TranscriptWriteError when it could not be written down (yet). */
  async append(message: AssistantMessage | UserMessage): Promise<void> {
    const line = { ...message, ...this.#localFields(message), ...userFields(message) } as ChainLine;
    const head = toChainHead(line);
    this.#contents.hold(head, line);
    this.conversation.append(head);
    await this.#write(line);
  }

  /** Keeps the message beside the conversation, at its present end. */
  async note(message: Note): Promise<void> {
    const line = { ...message, ...this.#localFields(message) } as NoteLine;
    const head = toNoteHead(line);
    this.#contents.hold(head, line);
    this.conversation.note(head);
    await this.#write(line);
  }

  async record(line: RecordLine): Promise<void> {
    this.conversation.record(line);
    await this.#write(line);
  }

  /** Gives the session a title, in the words the Agent SDK's session functions read. */
  async rename(customTitle: string): Promise<void> {
    await this.#write({ type: 'custom-title', customTitle, sessionId: this.#options.sessionId });
  }

  /** Replaces the tag; empty: it has none. In the same words. */
  async tag(tag: string): Promise<void> {
    await this.#write({ type: 'tag', tag, sessionId: this.#options.sessionId });
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close();
  }

  #localFields(message: { readonly uuid?: string | undefined; readonly timestamp?: unknown }) {
    const { sessionId, cwd, version, clock, createId, agentId } = this.#options;
    return {
      uuid: message.uuid ?? createId(),
      session_id: sessionId,
      parentUuid: this.conversation.leaf?.uuid ?? null,
      sessionId,
      timestamp:
        typeof message.timestamp === 'string' ? message.timestamp : new Date(clock.now()).toISOString(),
      cwd,
      version,
      isSidechain: agentId !== undefined,
      userType: 'external',
      ...(agentId === undefined ? {} : { agentId }),
    };
  }

  async #write(line: object): Promise<void> {
    if (this.readOnly) return;
    this.#waiting.push(JSON.stringify(line));
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#flush());
    await this.#writing;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    if (lines.length === 0) return;
    this.#waiting = [];
    try {
      await this.#file.append(lines);
    } catch (cause) {
      this.#waiting = [...lines, ...this.#waiting];
      throw new TranscriptWriteError(`The conversation could not be written to ${this.#file.path}.`, {
        cause,
      });
    }
  }
}

interface Opened {
  readonly read: ReadTranscript;
  readonly linesSetAside: number;
}

/** A line that can't be moved (a full disk) stays where it is, and the session is opened all the same. */
async function readAndSetAside(
  file: TranscriptFile & { readonly readOnly: boolean },
  { log }: Pick<SessionOptions, 'log'>,
): Promise<Opened> {
  const { path } = file;
  const read = await readTranscript(file);
  if (read.corrupt.length === 0 || file.readOnly) return { read, linesSetAside: 0 };
  try {
    const { news, removed } = await file.quarantine(read.corrupt);
    if (news > 0)
      log.warn('lines of the transcript could not be read and were set aside', { path, lines: news });
    // What stood behind them stands elsewhere now.
    return { read: removed ? await readTranscript(file) : read, linesSetAside: news };
  } catch (error) {
    log.warn('lines of the transcript could not be set aside', { path, error: String(error) });
    return { read, linesSetAside: 0 };
  }
}

/** `isMeta` and `toolUseResult` are the transcript's words for two wire fields. */
function userFields(message: AssistantMessage | UserMessage): object {
  if (message.type !== 'user') return {};
  return {
    ...(message.isSynthetic === true ? { isMeta: true } : {}),
    ...(message.tool_use_result === undefined ? {} : { toolUseResult: message.tool_use_result }),
  };
}
