/**
 * A session: the conversation and the file it is kept in. What was appended is in memory at once and in the file as soon
 * as the system takes it; when the file can't be written (a full disk), the lines wait and go with the next attempt.
 */
import type { AssistantMessage, ResultMessage, UserMessage } from '../../protocol/messages.ts';
import type { SystemMessageOf } from '../../protocol/systemMessages.ts';
import type { Clock, Log } from '../ports.ts';
import { Conversation } from './conversation.ts';
import { parseTranscript } from './parseTranscript.ts';
import type { ChainLine, NoteLine, RecordLine } from './transcriptLine.ts';
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
  | SystemMessageOf<'compact_boundary'>;

export class Session {
  readonly conversation: Conversation;
  /** True when another window writes this session. */
  readonly readOnly: boolean;
  /** So many lines were found now that could not be read; each is counted once, however often the session is opened. */
  readonly linesSetAside: number;
  readonly #file: TranscriptFile;
  readonly #options: SessionOptions;
  #waiting: string[];
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    file: TranscriptFile & { readonly readOnly: boolean },
    loaded: { readonly conversation: Conversation; readonly linesSetAside: number },
    options: SessionOptions,
  ) {
    this.#file = file;
    this.readOnly = file.readOnly;
    this.conversation = loaded.conversation;
    this.linesSetAside = loaded.linesSetAside;
    this.#options = options;
    this.#waiting = [];
  }

  /** Opens the transcript, new or old. Lines that can't be read are moved aside, never lost. */
  static async open(store: Pick<TranscriptStore, 'open'>, options: SessionOptions): Promise<Session> {
    const file = await store.open(options.sessionId);
    const parsed = parseTranscript(await file.read());
    const conversation = Conversation.fromLines(parsed.lines);
    const linesSetAside = file.readOnly ? 0 : await setAside(file, parsed.corrupt, options);
    const session = new Session(file, { conversation, linesSetAside }, options);
    if (!parsed.endsWithNewline) session.#waiting.push('');
    return session;
  }

  get path(): string {
    return this.#file.path;
  }

  /** Makes the message part of the conversation. Throws TranscriptWriteError when it could not be written down (yet). */
  async append(message: AssistantMessage | UserMessage): Promise<void> {
    const line = { ...message, ...this.#localFields(message), ...userFields(message) } as ChainLine;
    this.conversation.append(line);
    await this.#write(line);
  }

  /** Keeps the message beside the conversation, at its present end. */
  async note(message: Note): Promise<void> {
    const line = { ...message, ...this.#localFields(message) } as NoteLine;
    this.conversation.note(line);
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

/** A line that can't be moved (a full disk) stays where it is, and the session is opened all the same. */
async function setAside(
  file: TranscriptFile,
  lines: readonly Uint8Array[],
  { log }: Pick<SessionOptions, 'log'>,
): Promise<number> {
  if (lines.length === 0) return 0;
  try {
    const news = await file.quarantine(lines);
    if (news > 0) {
      log.warn('lines of the transcript could not be read and were set aside', {
        path: file.path,
        lines: news,
      });
    }
    return news;
  } catch (error) {
    log.warn('lines of the transcript could not be set aside', { path: file.path, error: String(error) });
    return 0;
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
