/** Says again what subagents of an old session said, each under the call that started it. */
import type { Emitter } from '../loop/emitter.ts';
import type { Log } from '../ports.ts';
import { blocksOf } from '../sessions/conversation.ts';
import { LineContents } from '../sessions/lineContents.ts';
import type { LineHead } from '../sessions/lineHead.ts';
import { readTranscript } from '../sessions/readTranscript.ts';
import type { ChainLine, NoteLine } from '../sessions/transcriptLine.ts';
import type { KeptSidechain, SidechainStore } from '../sessions/transcriptStore.ts';

export interface SidechainReplay {
  /** What the subagents said that were started by the calls in this line, theirs included. */
  replayUnder(line: ChainLine | NoteLine): Promise<void>;
}

export interface SidechainReplayDeps {
  readonly sidechains: SidechainStore | undefined;
  /** Of the session. */
  readonly transcriptPath: string;
  readonly emitter: Pick<Emitter, 'emit'>;
  readonly log: Log;
}

/** Bytes of one subagent's conversation, and of all of them: whoever listens keeps and draws it all at once. */
const MAX_THREAD_BYTES = 1024 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;

export async function openSidechainReplay(deps: SidechainReplayDeps): Promise<SidechainReplay> {
  const { sidechains, transcriptPath, log } = deps;
  const kept =
    (await sidechains?.list(transcriptPath).catch((error: unknown) => {
      log.warn('what subagents said could not be looked up', { error });
      return [];
    })) ?? [];
  let left = MAX_BYTES;

  async function replayUnder(line: ChainLine | NoteLine): Promise<void> {
    if (line.type !== 'assistant') return;
    for (const block of blocksOf(line)) {
      if (block.type !== 'tool_use') continue;
      for (const sidechain of kept) if (sidechain.info.toolUseId === block.id) await replay(sidechain);
    }
  }

  async function replay(sidechain: KeptSidechain): Promise<void> {
    const { agentId, info } = sidechain;
    for await (const line of readThread(sidechain, Math.min(left, MAX_THREAD_BYTES))) {
      await deps.emitter.emit({
        ...line,
        ...(line.type === 'user' ? { isReplay: true } : {}),
        parent_tool_use_id: info.toolUseId,
        agent_id: agentId,
        subagent_type: info.agentType,
        task_description: info.description,
      });
      await replayUnder(line);
    }
  }

  async function* readThread({ open, path }: KeptSidechain, limit: number): AsyncGenerator<ChainLine, void> {
    const file = open();
    try {
      const { conversation } = await readTranscript(file);
      // The prompt stands in the call already.
      const heads = newest(conversation.path.slice(1), limit);
      for (const { start, end } of heads) left -= end - start;
      for await (const line of new LineContents({ read: file.read, path }, log).read(heads))
        if (line.type === 'user' || line.type === 'assistant') yield line;
    } catch (error) {
      log.warn('what a subagent said could not be read', { path, error });
    } finally {
      await file.close();
    }
  }

  return { replayUnder };
}

/** As many of the last ones as fit, beginning with a reply, so that no result comes without its call. */
function newest<Head extends LineHead>(heads: readonly Head[], limit: number): readonly Head[] {
  let size = 0;
  let first = heads.length;
  for (let index = heads.length - 1; index >= 0; index -= 1) {
    const head = heads[index];
    if (head === undefined) continue;
    size += head.end - head.start;
    if (size > limit) break;
    if (head.type === 'assistant') first = index;
  }
  return heads.slice(first);
}
