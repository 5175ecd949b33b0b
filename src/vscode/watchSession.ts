/**
 * In place of an agent: a session that another process runs, as its transcript tells it. What comes to it is said as soon as it
 * is written; nothing can be asked of it. Once the other process has let go of it, it is lost, so that an agent goes on with it.
 */
import { createInProcessPair } from '../channel/inProcess.ts';
import { createPeer, type Peer } from '../channel/peer.ts';
import type { Log } from '../core/ports.ts';
import { LineContents } from '../core/sessions/lineContents.ts';
import { readLines } from '../core/sessions/readLines.ts';
import { readTranscript } from '../core/sessions/readTranscript.ts';
import { type ChainLine, type NoteLine, parseTranscriptLine } from '../core/sessions/transcriptLine.ts';
import type { TranscriptReader, TranscriptStore } from '../core/sessions/transcriptStore.ts';
import type { AgentLink } from './agentLink.ts';

export interface WatchDeps {
  readonly transcripts: Pick<TranscriptStore, 'list' | 'openToRead'>;
  readonly log: Log;
  /** Resolves when it is time to look again, or the signal is aborted. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
}

const LET_GO = 'The window or program that had this session open has let go of it.';

export function watchSession(sessionId: string, deps: WatchDeps): AgentLink {
  const [agentEnd, hostEnd] = createInProcessPair();
  const controller = new AbortController();
  const { signal } = controller;
  let peer: Peer | undefined;
  const begun = begin();
  const lost = begun.then(follow, () => new Promise<never>(() => undefined));

  async function begin(): Promise<Follower> {
    const file = await deps.transcripts.openToRead(sessionId);
    try {
      const follower = new Follower(sessionId, file, (message) => agentEnd.send(message));
      await follower.tellHistory(deps.log);
      // What was asked meanwhile is answered behind what was said.
      peer = createPeer<never>(agentEnd, {
        handlers: {},
        onMessage: () => undefined,
        onProblem: (problem) => deps.log.debug(problem, { sessionId }),
      });
      return follower;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async function follow(follower: Follower): Promise<string> {
    try {
      while (!signal.aborted) {
        await deps.wait(signal);
        const isHeld = await isStillHeld();
        await follower.tellNews();
        if (!isHeld && !signal.aborted) return LET_GO;
      }
    } catch (error) {
      deps.log.warn('a session of another process could not be followed', { sessionId, error });
      if (!signal.aborted) return 'This session could not be followed any more.';
    } finally {
      await follower.close();
    }
    return new Promise<never>(() => undefined);
  }

  async function isStillHeld(): Promise<boolean> {
    const entry = (await deps.transcripts.list()).find((each) => each.sessionId === sessionId);
    return entry?.isHeld === true;
  }

  return {
    channel: hostEnd,
    started: begun.then(() => undefined),
    lost,
    isWatched: true,
    async close() {
      controller.abort();
      await begun.catch(() => undefined);
      peer?.close();
      agentEnd.close();
    },
  };
}

/** Says the lines of a transcript as an agent would have said them. */
class Follower {
  readonly #sessionId: string;
  readonly #file: TranscriptReader;
  readonly #send: (message: unknown) => Promise<void>;
  /** Behind the last line that was said. */
  #offset = 0;
  #isRunning: boolean | undefined;

  constructor(sessionId: string, file: TranscriptReader, send: (message: unknown) => Promise<void>) {
    this.#sessionId = sessionId;
    this.#file = file;
    this.#send = send;
  }

  async tellHistory(log: Log): Promise<void> {
    const { history } = (await readTranscript(this.#file)).conversation;
    const contents = new LineContents({ read: this.#file.read, path: this.#sessionId }, log);
    let last: ChainLine | NoteLine | undefined;
    for await (const line of contents.read(history)) {
      await this.#tell(line);
      last = line;
    }
    this.#offset = Math.max(0, ...history.slice(-100).map(({ end }) => end));
    await this.#tellState(last);
  }

  async tellNews(): Promise<void> {
    const from = this.#offset;
    const rest = { read: (target: Uint8Array, at: number) => this.#file.read(target, at + from) };
    for await (const lines of readLines(rest)) {
      for (const { bytes, place } of lines) {
        const line = bytes === undefined ? undefined : parseLine(bytes);
        // What can't be read may be a line that has not been written to its end.
        if (line === 'torn') continue;
        this.#offset = from + place.end;
        if (line === undefined) continue;
        await this.#tell(line);
        await this.#tellState(line);
      }
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #tell(line: ChainLine | NoteLine): Promise<void> {
    await this.#send(line.type === 'user' ? { ...line, isReplay: true } : line);
  }

  async #tellState(last: ChainLine | NoteLine | undefined): Promise<void> {
    const isRunning = last === undefined || last.type === 'system' ? this.#isRunning : last.type !== 'result';
    if (isRunning === this.#isRunning) return;
    this.#isRunning = isRunning;
    await this.#send({
      type: 'system',
      subtype: 'session_state_changed',
      uuid: crypto.randomUUID(),
      session_id: this.#sessionId,
      state: isRunning === true ? 'running' : 'idle',
    });
  }
}

/** undefined: nothing that is shown. */
function parseLine(bytes: Uint8Array): ChainLine | NoteLine | 'torn' | undefined {
  try {
    const parsed = parseTranscriptLine(JSON.parse(new TextDecoder().decode(bytes)));
    return parsed?.kind === 'chain' || parsed?.kind === 'note' ? parsed.line : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return 'torn';
    throw error;
  }
}
