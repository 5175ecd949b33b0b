/**
 * From the messages of a conversation to what the Messages API takes. The same messages give the same bytes, and messages
 * added later change nothing that stands before them: prompt cache and preserved thinking depend on both.
 *
 * What the API would refuse is mended where nothing is lost by it (a missing tool result, an empty text), and refused with a
 * ModelError that names the message where something would be (a video). Work grows with the conversation, not its square.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { AssistantMessage, UserMessage } from '../../protocol/messages.ts';
import { cleanBlocks, type Thinking } from './cleanBlocks.ts';
import { ModelError } from './modelError.ts';
import type { ApiMessage } from './modelRequest.ts';
import { MODELS } from './models.ts';
import { familyOf } from './modelTable.ts';
import { pairToolResults } from './pairToolResults.ts';

/** Something the agent tells the model that no person said: a changed mode, a changed memory file. */
export interface SystemNotice {
  readonly type: 'notice';
  readonly uuid?: string | undefined;
  readonly text: string;
}

export type ModelInput =
  | Pick<AssistantMessage, 'type' | 'uuid' | 'message'>
  | Pick<UserMessage, 'type' | 'uuid' | 'message'>
  | SystemNotice;

export interface BuildOptions {
  /** Id of the model that is asked. */
  readonly model: string;
  /**
   * Thinking of replies up to this uuid was made under another prefix, and the API would refuse it. When no message has this
   * uuid (any more), nothing can be told and all thinking is left out.
   */
  readonly thinkingVoidUpTo?: string | undefined;
}

/** Neighbours of the same side, put together: a turn of the model, or all that was said to it since the one before. */
export interface Run {
  readonly side: 'user' | 'assistant';
  readonly blocks: readonly ContentBlock[];
  readonly notices: readonly string[];
  /** The model paused in the middle of its turn and waits for it to be sent back as it is. */
  readonly paused: boolean;
}

/** Throws ModelError('invalid_request') for blocks the API can't take, and when there is nothing for the model to answer. */
export function buildModelMessages(messages: readonly ModelInput[], options: BuildOptions): ApiMessage[] {
  const keepsThinking = buildThinkingRule(messages, options);
  const runs = messages.map((message, index) => toRun(message, { index, keepsThinking }));
  const paired = joinRuns(pairToolResults(joinRuns(runs)));
  const family = familyOf(options.model);
  const takesSystem = MODELS.find(({ id }) => id === family)?.takesSystemMessages === true;
  requireQuestion(paired.at(-1));
  return startWithUser(paired).flatMap((run) => toApiMessages(run, takesSystem));
}

type ThinkingRule = (index: number, model: string, block: Thinking) => boolean;

/**
 * A model reads its own thinking only, when nothing before it has changed. What is left out is left out in every request to
 * the same model, so that thinking made since then stays valid.
 */
function buildThinkingRule(messages: readonly ModelInput[], options: BuildOptions): ThinkingRule {
  const { thinkingVoidUpTo } = options;
  const family = familyOf(options.model);
  const voidIndex = messages.findIndex(({ uuid }) => uuid !== undefined && uuid === thinkingVoidUpTo);
  const firstValid = thinkingVoidUpTo === undefined ? 0 : voidIndex === -1 ? messages.length : voidIndex + 1;
  return (index, model, block) =>
    index >= firstValid &&
    familyOf(model) === family &&
    (block.type !== 'thinking' || block.signature !== '');
}

function toRun(
  message: ModelInput,
  { index, keepsThinking }: { readonly index: number; readonly keepsThinking: ThinkingRule },
): Run {
  switch (message.type) {
    case 'notice':
      return { side: 'user', blocks: [], notices: [message.text], paused: false };
    case 'user': {
      const { content } = message.message;
      const blocks: readonly ContentBlock[] =
        typeof content === 'string' ? [{ type: 'text', text: content }] : content;
      return {
        side: 'user',
        blocks: cleanBlocks(blocks, { side: 'user', place: index, keepsThinking: () => false }),
        notices: [],
        paused: false,
      };
    }
    case 'assistant': {
      const { content, model, stop_reason } = message.message;
      return {
        side: 'assistant',
        blocks: cleanBlocks(content, {
          side: 'assistant',
          place: index,
          keepsThinking: (block) => keepsThinking(index, model, block),
        }),
        notices: [],
        paused: stop_reason === 'pause_turn',
      };
    }
    default:
      return message satisfies never;
  }
}

/** Leaves empty runs out and puts neighbours of the same side together. */
function joinRuns(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  let group: Run[] = [];
  for (const run of runs) {
    if (run.blocks.length === 0 && run.notices.length === 0) continue;
    if (group[0] !== undefined && group[0].side !== run.side) {
      joined.push(...joinGroup(group));
      group = [];
    }
    group.push(run);
  }
  return [...joined, ...joinGroup(group)];
}

/** `paused` is what the last of them says. */
function joinGroup(group: readonly Run[]): readonly Run[] {
  const last = group.at(-1);
  if (last === undefined || group.length === 1) return group;
  const blocks = group.flatMap((run) => run.blocks);
  return [{ ...last, blocks, notices: group.flatMap((run) => run.notices) }];
}

/** A conversation begins with a user: one whose beginning was lost gets a word in its place. */
function startWithUser(runs: readonly Run[]): readonly Run[] {
  if (runs[0]?.side !== 'assistant') return runs;
  const blocks: ContentBlock[] = [{ type: 'text', text: '(The beginning of this conversation is missing.)' }];
  return [{ side: 'user', blocks, notices: [], paused: false }, ...runs];
}

/**
 * A notice goes behind what was said to the model, as a message of its own where the model takes that (it must follow a
 * user message), else into the user message.
 */
function toApiMessages({ side, blocks, notices }: Run, takesSystem: boolean): ApiMessage[] {
  if (notices.length === 0) return [{ role: side, content: blocks }];
  if (takesSystem && blocks.length > 0) {
    return [
      { role: side, content: blocks },
      { role: 'system', content: notices.map((text) => ({ type: 'text', text })) },
    ];
  }
  const reminders: readonly ContentBlock[] = notices.map((text) => ({
    type: 'text',
    text: `<system-reminder>\n${text}\n</system-reminder>`,
  }));
  return [{ role: side, content: [...blocks, ...reminders] }];
}

function requireQuestion(last: Run | undefined): void {
  if (last?.side === 'user' || last?.paused === true) return;
  throw new ModelError({
    kind: 'invalid_request',
    code: 'nothing_asked',
    message: 'The conversation ends with a reply of the model, so there is nothing for it to answer.',
  });
}
