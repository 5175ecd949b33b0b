import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import type { Tree } from '../../../support/memory/readTree.ts';
import { createMemoryWorld, type World } from './world.ts';

type Action =
  | { readonly do: 'turn'; readonly writes: readonly string[] }
  | { readonly do: 'rewind'; readonly back: number }
  | { readonly do: 'redo' }
  | { readonly do: 'reopen' };

const path = fc.constantFrom('a', 'kept/b', 'kept/c', 'x/y/d', 'x/e');
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      writes: fc.array(path, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('rewind' as const), back: fc.integer({ min: 0, max: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('redo' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

/** Where the conversation stands, and with it the whole tree. */
interface Moment {
  readonly tree: Tree;
  readonly turns: readonly { readonly message: string; readonly before: Tree }[];
}

/** Nobody but the agent changes files, so that every tree there was can be named. */
class Walk {
  readonly #world: World;
  #checkpoints: Checkpoints;
  #now: Moment;
  /** The next one last; a branch that was left comes first. */
  readonly #redoable: Moment[] = [];
  #written = 0;

  constructor(world: World, checkpoints: Checkpoints, tree: Tree) {
    this.#world = world;
    this.#checkpoints = checkpoints;
    this.#now = { tree, turns: [] };
  }

  async take(action: Action): Promise<void> {
    switch (action.do) {
      case 'turn':
        return this.#turn(action.writes);
      case 'rewind':
        return this.#rewind(action.back);
      case 'redo':
        return this.#redo();
      case 'reopen':
        await this.#checkpoints.close();
        this.#checkpoints = await this.#world.open();
        return;
    }
  }

  async check(): Promise<void> {
    expect(await this.#world.tree()).toEqual(this.#now.tree);
    expect(this.#checkpoints.canRedo()).toBe(this.#redoable.length > 0);
  }

  async #turn(writes: readonly string[]): Promise<void> {
    const { tree, turns } = this.#now;
    const message = `m${this.#written}`;
    for (const path of writes) {
      this.#written += 1;
      await this.#world.agent(this.#checkpoints, message, { [path]: `${this.#written}` });
    }
    this.#now = { tree: await this.#world.tree(), turns: [...turns, { message, before: tree }] };
  }

  async #rewind(back: number): Promise<void> {
    const { turns } = this.#now;
    const turn = turns.at(-1 - back);
    if (turn === undefined) return;
    await this.#checkpoints.rewind({ userMessageId: turn.message, dryRun: false, mode: 'merge' });
    this.#redoable.push(this.#now);
    this.#now = { tree: turn.before, turns: turns.slice(0, turns.indexOf(turn)) };
  }

  async #redo(): Promise<void> {
    const next = this.#redoable.pop();
    expect(await this.#checkpoints.redo({ dryRun: false })).toMatchObject({ canRewind: next !== undefined });
    if (next === undefined) return;
    const kept = new Set(next.turns.map(({ message }) => message));
    const leavesBranch = this.#now.turns.some(({ message }) => !kept.has(message));
    if (leavesBranch) this.#redoable.unshift(this.#now);
    this.#now = next;
  }
}

describe('any sequence of turns, rewinds and redos with nobody else there', () => {
  test('goes back and forth between exactly the trees there were', async () => {
    const actions = fc.array(action, { minLength: 5, maxLength: 30 });
    const property = fc.asyncProperty(actions, async (walked) => {
      const world = await createMemoryWorld();
      await world.user({ a: 'user', 'kept/b': 'user' });
      const walk = new Walk(world, await world.open(), await world.tree());
      for (const one of walked) {
        await walk.take(one);
        await walk.check();
      }
    });
    await fc.assert(property, { numRuns: 300 });
  }, 60_000);
});
