/** Compaction within a turn: before the window is full, and once when the provider finds the conversation too long. */
import type { ModelError } from '../model/modelError.ts';
import { type CompactDeps, type CompactOutcome, canCompact, compact } from './compaction.ts';
import { compactionThreshold, estimateContext } from './contextSize.ts';
import { inform } from './turnMessages.ts';

/** What keeps the turn from going on. */
export type CompactionStop = Extract<CompactOutcome, { kind: 'interrupted' | 'failed' }>;

export class AutoCompaction {
  readonly #deps: CompactDeps;
  /** A hook does not want it in this turn. */
  #isBlocked = false;
  #wasTooLong = false;

  constructor(deps: CompactDeps) {
    this.#deps = deps;
  }

  /** undefined: go on; the conversation fits, as far as one can tell. */
  async makeRoom(signal: AbortSignal): Promise<CompactionStop | undefined> {
    const { session, models, model } = this.#deps;
    if (!this.#isPossible()) return undefined;
    const tokens = estimateContext(await session.visibleToModel(), this.#deps);
    return tokens < compactionThreshold(models().get(model())) ? undefined : this.#compact(signal);
  }

  /** F10: once. undefined: that would not help. */
  async afterRefusal(
    error: ModelError,
    signal: AbortSignal,
  ): Promise<CompactionStop | 'compacted' | undefined> {
    if (error.kind !== 'prompt_too_long' || this.#wasTooLong || !this.#isPossible()) return undefined;
    this.#wasTooLong = true;
    const stop = await this.#compact(signal);
    if (stop !== undefined) return stop;
    return this.#isBlocked ? undefined : 'compacted';
  }

  #isPossible(): boolean {
    const { compaction, session } = this.#deps;
    return compaction !== undefined && !this.#isBlocked && canCompact(session.conversation.visible);
  }

  async #compact(signal: AbortSignal): Promise<CompactionStop | undefined> {
    const outcome = await compact({ trigger: 'auto', instructions: '' }, this.#deps, signal);
    switch (outcome.kind) {
      case 'compacted':
      case 'nothing':
        return undefined;
      case 'blocked':
        this.#isBlocked = true;
        await inform(this.#deps, `The conversation was not compacted: ${outcome.reason}`);
        return undefined;
      case 'interrupted':
      case 'failed':
        return outcome;
      default:
        return outcome satisfies never;
    }
  }
}
