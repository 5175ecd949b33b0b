/** What a turn knows of itself while it runs, and where a round of it leads to. */
import type { ContentBlock } from '../../protocol/blocks.ts';
import type { Failure } from '../../protocol/failure.ts';
import type { ModelError } from '../model/modelError.ts';
import type { AutoCompaction } from './autoCompaction.ts';
import type { HookStop } from './callHooks.ts';
import type { HookEnd } from './hookEnd.ts';
import type { StructuredAnswer } from './structuredAnswer.ts';
import type { ToolCalls } from './toolCalls.ts';
import type { TurnDeps, TurnEnd } from './turnDeps.ts';

export interface TurnState {
  rounds: number;
  apiMs: number;
  maxTokens: number;
  pauses: number;
  nudged: boolean;
  text: string;
  stopReason: string | null;
  denials: TurnEnd['denials'];
  readonly structured: StructuredAnswer | undefined;
  readonly room: AutoCompaction;
  /** How often Stop hooks have made the turn go on. */
  stopBlocks: number;
  /** A hook wants the turn to end when the calls of this reply have ended. */
  hookStop: HookStop | undefined;
  hookEnd: HookEnd | undefined;
  /** What hooks have said about the calls of this reply. */
  hookContext: readonly string[];
}

/** What a round leads to: another round, or the end of the turn. */
export type Step = 'again' | Pick<TurnEnd, 'subtype' | 'interrupted' | 'failure' | 'apiStatus'>;

export interface Taking {
  readonly state: TurnState;
  readonly deps: TurnDeps;
  readonly calls: ToolCalls;
  readonly signal: AbortSignal;
}

export function end(
  subtype: TurnEnd['subtype'],
  failure?: Failure,
  error?: ModelError,
): Exclude<Step, 'again'> {
  return { subtype, interrupted: false, failure, apiStatus: error?.status };
}

export function interrupted(): Exclude<Step, 'again'> {
  return { subtype: 'error_during_execution', interrupted: true, failure: undefined, apiStatus: undefined };
}

export function textOf(content: readonly ContentBlock[]): string {
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
}
