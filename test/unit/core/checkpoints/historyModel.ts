/**
 * What rewinds and redos are to do, in the plainest form: per path a list of states with who made each. The property tests
 * compare the real thing with it.
 */
import type { RewindMode } from '../../../../src/core/checkpoints/checkpoints.ts';
import { mergeTexts } from '../../../../src/core/checkpoints/mergeTexts.ts';
import { toBytes } from './world.ts';

export interface State {
  readonly content: string;
  readonly mode: number;
}

interface Step {
  readonly by: 'nobody' | 'agent' | 'user';
  readonly order: number;
  /** null: not there. */
  readonly state: State | null;
  /** What the user had made, of which a rewind has kept parts in this state. */
  readonly keeps?: Step;
}

/** From what was there first to what stands there now. Steps are compared by identity. */
type Chain = readonly Step[];

export type Outcome = 'restored' | 'unchanged' | 'conflicted';

interface RewindEntry {
  readonly order: number;
}

export class HistoryModel {
  readonly disk = new Map<string, State>();
  readonly #chains = new Map<string, Chain>();
  readonly #moves = new Map<string, { readonly order: number; readonly from: Chain }[]>();
  readonly #messages = new Map<string, number>();
  #redoable: RewindEntry[] = [];
  #order = 0;

  beginTurn(message: string): void {
    this.#order += 1;
    if (!this.#messages.has(message)) this.#messages.set(message, this.#order);
  }

  userWrites(path: string, content: string): void {
    this.disk.set(path, { content, mode: this.disk.get(path)?.mode ?? 0o644 });
  }

  userDeletes(path: string): void {
    this.disk.delete(path);
  }

  userSetsMode(path: string, mode: number): void {
    const state = this.disk.get(path);
    if (state !== undefined) this.disk.set(path, { ...state, mode });
  }

  agentWrites(path: string, content: string): void {
    const before = this.disk.get(path) ?? null;
    if (before?.content === content) return;
    this.#order += 1;
    const state = { content, mode: before?.mode ?? 0o644 };
    const from = this.#stand(path, before);
    this.#move(path, { from, to: [...from, { by: 'agent', order: this.#order, state }] });
    this.disk.set(path, state);
  }

  /** undefined: nothing to rewind. */
  rewind(message: string, mode: RewindMode, only?: string): Map<string, Outcome> | undefined {
    const order = this.#messages.get(message) ?? Number.POSITIVE_INFINITY;
    const targets = new Map<string, Chain>();
    for (const [path, chain] of this.#chains) {
      const first = chain.findIndex((step) => step.by === 'agent' && step.order >= order);
      if (first >= 0 && (only === undefined || only === path)) targets.set(path, chain.slice(0, first));
    }
    if (![...targets].some(([path, chain]) => this.#isFile(path, chain))) return undefined;
    this.#order += 1;
    const at = this.#order;
    const outcomes = this.#moveAll(targets, mode);
    if ([...outcomes.values()].includes('restored')) this.#redoable.push({ order: at });
    return outcomes;
  }

  canRedo(): boolean {
    return this.#findRedo() !== undefined;
  }

  redo(mode: RewindMode): Map<string, Outcome> | undefined {
    const found = this.#findRedo();
    if (found === undefined) return undefined;
    const leavesBranch = [...found.targets].some(([path, chain]) =>
      this.#undone(path, chain).some(({ by }) => by === 'agent'),
    );
    this.#order += 1;
    const at = this.#order;
    const outcomes = this.#moveAll(found.targets, mode);
    const all = [...outcomes.values()];
    if (!all.includes('conflicted')) this.#redoable = this.#redoable.filter((entry) => entry !== found.entry);
    if (leavesBranch && all.includes('restored')) this.#redoable.unshift({ order: at });
    return outcomes;
  }

  #findRedo(): { readonly entry: RewindEntry; readonly targets: Map<string, Chain> } | undefined {
    for (const entry of this.#redoable.toReversed()) {
      const targets = new Map<string, Chain>();
      for (const [path, moves] of this.#moves) {
        const from = moves.find((move) => move.order >= entry.order)?.from;
        if (from !== undefined && from.at(-1) !== this.#chains.get(path)?.at(-1)) targets.set(path, from);
      }
      if ([...targets].some(([path, chain]) => this.#isFile(path, chain))) return { entry, targets };
    }
    return undefined;
  }

  /** Absent now and absent then: nothing that anybody would call a file. */
  #isFile(path: string, chain: Chain): boolean {
    return (chain.at(-1)?.state ?? this.#chains.get(path)?.at(-1)?.state ?? null) !== null;
  }

  #moveAll(targets: ReadonlyMap<string, Chain>, mode: RewindMode): Map<string, Outcome> {
    const outcomes = new Map<string, Outcome>();
    for (const [path, target] of targets) {
      if (this.#isFile(path, target)) outcomes.set(path, this.#moveTo(path, target, mode));
    }
    return outcomes;
  }

  #moveTo(path: string, target: Chain, mode: RewindMode): Outcome {
    const disk = this.disk.get(path) ?? null;
    const current = this.#chains.get(path)?.at(-1)?.state ?? null;
    const undone = this.#undone(path, target);
    let wanted = keepMode({ disk, current, undone, wanted: target.at(-1)?.state ?? null, mode });
    if (!isSame(disk, wanted) && disk !== null && mode === 'merge' && disk.content !== wanted?.content) {
      const work = undone.filter(
        ({ by, state, before }) => by === 'user' && state && state.content !== before?.content,
      );
      const own = work.map(({ state, before }) => ({ base: before, mine: state }));
      if (disk.content !== current?.content) own.push({ base: current, mine: disk });
      for (const { base, mine } of own) {
        if (!base || !mine || wanted === null) return 'conflicted';
        const merged = mergeContents(base.content, mine.content, wanted.content);
        if (merged === undefined) return 'conflicted';
        wanted = { ...wanted, content: merged };
      }
    }
    const isThere = isSame(disk, wanted);
    const from = this.#stand(path, disk);
    const isTarget = isSame(target.at(-1)?.state ?? null, wanted);
    const keeps = from.at(-1);
    const kept: Step = { by: 'user', order: this.#order, state: wanted, ...(keeps ? { keeps } : {}) };
    const to: Chain = isTarget ? target : [...target, kept];
    this.#move(path, { from, to });
    if (wanted === null) this.disk.delete(path);
    else this.disk.set(path, wanted);
    return isThere ? 'unchanged' : 'restored';
  }

  /** Steps from the current state back to where the target branches off, each with the state before it. */
  #undone(path: string, target: Chain): readonly (Step & { readonly before: State | null | undefined })[] {
    const chain = this.#chains.get(path) ?? [];
    return chain
      .map((step, index) => ({ ...step, step, before: chain[index - 1]?.state }))
      .filter(({ step }) => !target.includes(step))
      .map((step) => (step.keeps && target.includes(step.keeps) ? { ...step, by: 'nobody' as const } : step));
  }

  #stand(path: string, state: State | null): Chain {
    const chain = this.#chains.get(path);
    if (chain === undefined) return [{ by: 'nobody', order: this.#order, state }];
    if (isSame(chain.at(-1)?.state ?? null, state)) return chain;
    return [...chain, { by: 'user', order: this.#order, state }];
  }

  #move(path: string, { from, to }: { readonly from: Chain; readonly to: Chain }): void {
    const moves = this.#moves.get(path) ?? [];
    moves.push({ order: this.#order, from });
    this.#moves.set(path, moves);
    this.#chains.set(path, to);
  }
}

/** undefined: both have changed the same lines. */
function mergeContents(base: string, mine: string, theirs: string): string | undefined {
  const merge = mergeTexts({ base: toBytes(base), mine: toBytes(mine), theirs: toBytes(theirs) });
  return merge.kind === 'clean' ? new TextDecoder().decode(merge.bytes) : undefined;
}

interface Wanted {
  readonly disk: State | null;
  readonly current: State | null;
  readonly undone: readonly (Step & { readonly before: State | null | undefined })[];
  readonly wanted: State | null;
  readonly mode: RewindMode;
}

/** Permission bits that the user set stay. */
function keepMode({ disk, current, undone, wanted, mode }: Wanted): State | null {
  if (mode === 'overwrite' || wanted === null || disk === null) return wanted;
  const isSet = undone.some(
    ({ by, state, before }) =>
      by === 'user' && state && before && state.content === before.content && state.mode !== before.mode,
  );
  const isChanged = current !== null && current.mode !== disk.mode;
  return isSet || isChanged ? { ...wanted, mode: disk.mode } : wanted;
}

function isSame(left: State | null, right: State | null): boolean {
  return left?.content === right?.content && left?.mode === right?.mode;
}
