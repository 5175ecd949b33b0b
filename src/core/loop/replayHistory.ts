/** Says again what was said in an old session, as far as a panel can take it. */

import type { AgentPorts } from '../agent.ts';
import { isPromptHead, type LineHead } from '../sessions/lineHead.ts';
import type { Session } from '../sessions/session.ts';
import { openSidechainReplay } from '../subagents/replaySidechains.ts';
import type { Emitter } from './emitter.ts';

/** Of the transcript. Whoever listens parses, keeps and draws it all at once. */
const REPLAYED_BYTES = 8 * 1024 * 1024;

export interface HistoryReplay {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly ports: Pick<AgentPorts, 'sidechains' | 'log'>;
}

/**
 * The newest turns, or the newest part of a turn that is longer than all that. That there is more is said before. What a
 * subagent said comes behind the call that started it.
 */
export async function replayHistory({ session, emitter, ports }: HistoryReplay): Promise<void> {
  const { history } = session.conversation;
  const first = findFirst(history);
  if (first > 0) {
    await emitter.emitSystem('informational', {
      content:
        'This conversation is long, so its beginning is not shown. All of it is in the transcript, and the model sees of it what it saw before.',
      level: 'info',
    });
  }
  const { sidechains, log } = ports;
  const subagents = await openSidechainReplay({ sidechains, log, emitter, transcriptPath: session.path });
  for await (const line of session.readLines(history.slice(first))) {
    await emitter.emit(line.type === 'user' ? { ...line, isReplay: true } : line);
    await subagents.replayUnder(line);
  }
}

/** The index of what to begin with: a prompt, or else a reply, so that no result comes without its call. */
function findFirst(history: readonly LineHead[]): number {
  let size = 0;
  let prompt: number | undefined;
  let reply: number | undefined;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const head = history[index];
    if (head === undefined) continue;
    size += head.end - head.start;
    if (size > REPLAYED_BYTES) return prompt ?? reply ?? index;
    if (isPromptHead(head)) prompt = index;
    if (head.type === 'assistant') reply = index;
  }
  return 0;
}
