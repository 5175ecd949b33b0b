/** What a turn is given, and what it ends with. */
import type { Failure } from '../../protocol/failure.ts';
import type { ResultMessage } from '../../protocol/messages.ts';
import type { Hooks } from '../hooks/hooks.ts';
import type { ApiTool, Effort } from '../model/modelRequest.ts';
import type { ModelTable } from '../model/modelTable.ts';
import type { Clock, Log, StreamModel } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { CompactHooks } from './compaction.ts';
import type { Emitter } from './emitter.ts';
import type { HookEnd } from './hookEnd.ts';
import type { RunToolCallDeps } from './runToolCall.ts';
import type { UsageMeter } from './usageMeter.ts';

export interface TurnDeps {
  readonly session: Session;
  readonly emitter: Emitter;
  readonly meter: UsageMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly streamModel: StreamModel;
  readonly models: () => ModelTable;
  readonly model: () => string;
  readonly effort: Effort | undefined;
  /** As `ModelRequest.maxThinkingTokens`. */
  readonly maxThinkingTokens?: number | undefined;
  readonly system: readonly string[];
  readonly apiTools: readonly ApiTool[];
  /** Thinking of replies up to this uuid was made under another prefix and can't be sent back; undefined: all is valid. */
  readonly thinkingVoidUpTo: string | undefined;
  /** Another one when the person has said something since: what calls change from there on belongs to that. */
  readonly callDeps: RunToolCallDeps;
  /** Asked whether the turn may end; absent: nobody is (the end of a subagent is its caller's matter). */
  readonly stopHooks?: Hooks | undefined;
  /** Model round trips. */
  readonly maxTurns: number | undefined;
  /** US dollars of the session. */
  readonly maxBudgetUsd: number | undefined;
  readonly partialMessages: boolean;
  /** What a session adds to a compaction; undefined: the conversation is never compacted by itself. */
  readonly compaction?: CompactHooks | undefined;
  /** What the model is to be told besides the results of its calls. */
  readonly afterCalls?: () => Promise<readonly string[]>;
  /** Takes up what the person says to the work that is under way. */
  readonly hear?: (signal: AbortSignal) => Promise<void>;
  /** The answer is what StructuredOutput is called with. */
  readonly wantsStructuredOutput?: boolean;
}

export interface TurnEnd {
  readonly subtype: ResultMessage['subtype'];
  /** The text of the last reply. */
  readonly text: string;
  readonly stopReason: string | null;
  readonly interrupted: boolean;
  readonly failure: Failure | undefined;
  readonly apiStatus: number | undefined;
  readonly rounds: number;
  readonly apiMs: number;
  readonly denials: ResultMessage['permission_denials'];
  /** A hook has ended the turn. */
  readonly hookEnd?: HookEnd | undefined;
  /** Where one was asked for, and given. */
  readonly structuredOutput?: { readonly value: unknown } | undefined;
}
