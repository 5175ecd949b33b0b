/** Everything the panel shows, as readonly data. `reduce.ts` is the only place that makes the next one from the last. */

import type { ContentBlock, ToolResultBlock } from '../../src/protocol/blocks.ts';
import type { RewindTarget } from '../../src/protocol/checkpoints.ts';
import type { EditorContext } from '../../src/protocol/editorContext.ts';
import type { AssistantError } from '../../src/protocol/failure.ts';
import type { ResultMessage } from '../../src/protocol/messages.ts';
import type { PanelState } from '../../src/protocol/panel.ts';
import type { PendingSettings } from '../../src/protocol/settings.ts';
import type { SystemMessageOf } from '../../src/protocol/systemMessages.ts';
import type { Accumulator } from '../../src/stream/accumulator.ts';

/** One block of a reply, finished or growing. */
export interface ReplyBlock {
  readonly block: ContentBlock;
  /** Still being streamed. */
  readonly isOpen: boolean;
  /** Best guess at a tool's input so far; only while open. */
  readonly partialInput?: unknown;
  /** How long the block took to arrive, in ms; absent when nobody watched (after a reload). */
  readonly durationMs?: number;
}

/** A reply of the model, keyed by its message id. */
export interface Reply {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly ReplyBlock[];
  readonly isLive: boolean;
  readonly isAborted: boolean;
  readonly stopReason: string | null;
  readonly error?: AssistantError;
}

export type Notice =
  | {
      readonly kind: 'information';
      readonly text: string;
      readonly level: 'info' | 'notice' | 'suggestion' | 'warning';
    }
  /** What a command of the person has put out. */
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'compacted'; readonly trigger: 'manual' | 'auto'; readonly tokens: number }
  | { readonly kind: 'files_rewound'; readonly message: SystemMessageOf<'belay/files_rewound'> }
  | { readonly kind: 'conversation_rewound' }
  | { readonly kind: 'task'; readonly status: 'completed' | 'failed' | 'stopped'; readonly summary: string };

/** What stands in a conversation, top to bottom. */
export type Item =
  | {
      readonly kind: 'user';
      readonly key: string;
      /** null: came without an id, so it can't be rewound to. */
      readonly uuid: string | null;
      readonly blocks: readonly ContentBlock[];
      /** It was run in the shell. */
      readonly isCommand?: boolean;
      /** What was open in the editor, and told to the model. */
      readonly context?: EditorContext;
    }
  | { readonly kind: 'reply'; readonly key: string; readonly reply: Reply }
  | { readonly kind: 'notice'; readonly key: string; readonly notice: Notice }
  | { readonly kind: 'turn_end'; readonly key: string; readonly result: ResultMessage };

/** The main conversation, or that of one subagent. */
export interface Thread {
  readonly items: readonly Item[];
  /** The reply being streamed; drawn after the items. */
  readonly live: LiveReply | null;
}

/** A reply in flight. The accumulator is owned by this value: the reducer moves it on and puts it into the next state. */
export interface LiveReply {
  readonly accumulator: Accumulator;
  readonly reply: Reply;
  /** The accumulator's version of each block, as of `reply`. */
  readonly versions: readonly number[];
  /** `now` at which each block began, by index. */
  readonly startedAt: readonly number[];
}

export type CheckpointFile = SystemMessageOf<'belay/checkpoint_created'>['files'][number];

/** What is known of one tool call beyond its block. */
export interface ToolRun {
  readonly title: string | null;
  /** Output so far, ANSI kept; the head is cut where it grows beyond OUTPUT_LIMIT. */
  readonly output: string;
  /** Characters of output no longer held. */
  readonly outputCut: number;
  readonly elapsedSeconds: number | null;
  readonly result: ToolResultBlock | null;
  /** The tool's whole output (`tool_use_result`), per tool. */
  readonly details: unknown;
  readonly denial: string | null;
  readonly files: readonly CheckpointFile[];
  /** uuid of the user message to diff against. */
  readonly diffSince: string | null;
}

export interface QueuedMessage {
  readonly uuid: string;
  readonly text: string;
  /** False: sent by us, not yet acknowledged by the agent. */
  readonly isAcknowledged: boolean;
  /** It goes to the agent in the middle of the turn that runs. */
  readonly isNow: boolean;
}

export interface RetryWait {
  readonly attempt: number;
  readonly maxRetries: number;
  /** Milliseconds since 1970 at which the next attempt starts. */
  readonly until: number;
  readonly error: AssistantError;
  readonly status: number | null;
}

export interface Spending {
  readonly contextTokens: number;
  readonly contextWindow: number;
  readonly totalUsd: number;
  readonly isCostKnown: boolean;
}

export interface Task {
  readonly id: string;
  readonly description: string;
  readonly toolUseId: string | null;
}

export interface RewindAsked {
  /** null: of the code alone. */
  readonly userMessageId: string | null;
  /** What the message says. */
  readonly text: string;
  /** null: the message itself is gone back to. */
  readonly targets: readonly RewindTarget[] | null;
  /** What a person knows the targets by. */
  readonly title: string | null;
  readonly count: number;
}

export interface PanelModel {
  /** null until the host has answered `belay/panel_ready`. */
  readonly host: PanelState | null;
  /** The conversation is still being read. */
  readonly isLoading: boolean;
  /** The conversation goes on above the items of the main thread that are held. */
  readonly hasEarlier: boolean;
  /** It goes on below them: what is said now is not shown. */
  readonly hasLater: boolean;
  /** What is held is no longer part of the conversation: its end is to be asked for. */
  readonly isStale: boolean;
  /** Input of the newest call of TodoWrite. */
  readonly todos: unknown;
  /** '' is the main thread; others by the id of the tool call they run under. */
  readonly threads: ReadonlyMap<string, Thread>;
  readonly tools: ReadonlyMap<string, ToolRun>;
  readonly queue: readonly QueuedMessage[];
  readonly activity: 'idle' | 'running' | 'requires_action';
  readonly status: 'requesting' | 'compacting' | null;
  readonly retry: RetryWait | null;
  readonly spending: Spending | null;
  readonly tasks: readonly Task[];
  /** How far it is known what lies in each folder of the workspace, by its path. */
  readonly captures: ReadonlyMap<string, SystemMessageOf<'belay/capture_changed'>>;
  /** Settings files of the project that hold something a person has not seen. */
  readonly pendingSettings: readonly PendingSettings[];
  /** The host asked for the rewind dialog; the count makes a second request for the same message a new one. */
  readonly rewindAsked: RewindAsked | null;
  readonly focusAsked: {
    readonly text: string | null;
    readonly insert?: string;
    readonly count: number;
  } | null;
}

export const MAIN_THREAD = '';

const EMPTY_THREAD: Thread = { items: [], live: null };

export const EMPTY_TOOL_RUN: ToolRun = {
  title: null,
  output: '',
  outputCut: 0,
  elapsedSeconds: null,
  result: null,
  details: undefined,
  denial: null,
  files: [],
  diffSince: null,
};

export const EMPTY_MODEL: PanelModel = {
  host: null,
  isLoading: false,
  hasEarlier: false,
  hasLater: false,
  isStale: false,
  todos: null,
  threads: new Map(),
  tools: new Map(),
  queue: [],
  activity: 'idle',
  status: null,
  retry: null,
  spending: null,
  tasks: [],
  captures: new Map(),
  pendingSettings: [],
  rewindAsked: null,
  focusAsked: null,
};

export function getThread(model: Pick<PanelModel, 'threads'>, id: string): Thread {
  return model.threads.get(id) ?? EMPTY_THREAD;
}
