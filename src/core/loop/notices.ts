/** What changed outside the conversation since the model last spoke: it goes into the newest user message, never into the past. */
import type { PermissionMode } from '../../protocol/permissions.ts';

const PLAN_NOTICE =
  'Plan mode is on. Look around, but change nothing: no edits, no commands that change anything. When you know what to do, call ExitPlanMode with your plan and wait for the answer.';

export class Notices {
  #texts: readonly string[] = [];
  #lastToldMode: PermissionMode = 'default';

  add(...texts: readonly string[]): void {
    this.#texts = [...this.#texts, ...texts];
  }

  /** All that the model is to be told now, once. */
  take(mode: PermissionMode): readonly string[] {
    const taken = [...this.#texts, ...this.#describeMode(mode)];
    this.#texts = [];
    this.#lastToldMode = mode;
    return taken;
  }

  #describeMode(mode: PermissionMode): readonly string[] {
    if (mode === this.#lastToldMode) return [];
    if (mode === 'plan') return [PLAN_NOTICE];
    return this.#lastToldMode === 'plan' ? ['Plan mode is off.'] : [];
  }
}
