/**
 * Walks of an agent and a user over files in memory, with rewinds, redos, restarts and crashes in between, beside a plain model of what must
 * come of them.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { openBlobStore } from '../../../../src/core/checkpoints/blobStore.ts';
import type { Checkpoints, RewindMode } from '../../../../src/core/checkpoints/checkpoints.ts';
import { toSha256 } from '../../../../src/core/checkpoints/sha256.ts';
import type { RewindAnswer } from '../../../../src/protocol/checkpoints.ts';
import type { Tree } from '../../../support/memory/readTree.ts';
import { HistoryModel, type Outcome } from './historyModel.ts';
import { createMemoryWorld, type MemoryWorld, outcomesOf, toBytes } from './world.ts';

type Action =
  | { readonly do: 'turn' }
  | { readonly do: 'agent'; readonly path: string; readonly content: string }
  | { readonly do: 'write'; readonly path: string; readonly content: string }
  | { readonly do: 'delete'; readonly path: string }
  | { readonly do: 'chmod'; readonly path: string; readonly mode: number }
  | { readonly do: 'rewind'; readonly back: number; readonly mode: RewindMode; readonly only?: string }
  | { readonly do: 'redo'; readonly mode: RewindMode }
  | { readonly do: 'reopen' }
  /** The process dies at the n-th operation of what comes next. */
  | { readonly do: 'die'; readonly at: number };

const path = fc.constantFrom('a', 'b', 'x/c', 'x/y/d', 'z/e');
const content = fc.constantFrom(
  ...['', 'one\n', 'two\n', 'one\ntwo\n', 'three'],
  ...['1\nb\nc\nd\n', 'a\nb\n3\nd\n', '1\nb\n3\nd\n', 'a\nb\nc\n4\n', 'a\nb\nc\nd\n'],
);
const mode = fc.constantFrom<RewindMode>('merge', 'merge', 'merge', 'overwrite');
const back = fc.integer({ min: 0, max: 4 });

const redo = fc.record({ do: fc.constant('redo' as const), mode });

const byAgent = [
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('agent' as const), path, content }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('rewind' as const), back, mode }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const), back, mode, only: path }) },
  { weight: 2, arbitrary: redo },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('die' as const), at: fc.integer({ min: 1, max: 12 }) }),
  },
];
const byUser = [
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), path, content }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), path }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('chmod' as const), path, mode: fc.constantFrom(0o644, 0o755) }),
  },
];

/** A world, its session and the model beside it. */
class Walk {
  readonly model = new HistoryModel();
  readonly #world: MemoryWorld;
  readonly #withRedo: boolean;
  #checkpoints: Checkpoints;
  #turn = 0;
  /** The n-th operation of the next action at which the process dies; 0: it doesn't. */
  #dieAt = 0;
  /** Contents of the user's that Belay has put something else in the place of. */
  readonly #replaced = new Set<string>();

  constructor(world: MemoryWorld, checkpoints: Checkpoints, { withRedo }: { readonly withRedo: boolean }) {
    this.#world = world;
    this.#withRedo = withRedo;
    this.#checkpoints = checkpoints;
  }

  async take(action: Action): Promise<void> {
    switch (action.do) {
      case 'turn':
        this.#turn += 1;
        this.#checkpoints.beginTurn(this.#message(0));
        this.model.beginTurn(this.#message(0));
        return;
      case 'agent':
        return this.#agent(action);
      case 'write':
        this.model.userWrites(action.path, action.content);
        return this.#world.user({ [action.path]: action.content });
      case 'delete':
        this.model.userDeletes(action.path);
        return this.#world.user({ [action.path]: null });
      case 'chmod':
        if (!this.model.disk.has(action.path)) return;
        this.model.userSetsMode(action.path, action.mode);
        return this.#world.files.setMode(this.#world.at(action.path), action.mode);
      case 'rewind':
        return this.#rewind(action);
      case 'redo':
        return this.#redo(action.mode);
      case 'reopen':
        await this.#checkpoints.close();
        this.#checkpoints = await this.#world.open();
        return;
      case 'die':
        this.#dieAt = action.at;
        return;
    }
  }

  async check(): Promise<void> {
    const expected = [...this.model.disk].map(([name, state]) => [
      name,
      `${state.mode.toString(8)} ${state.content}`,
    ]);
    expect(withoutFolders(await this.#world.tree())).toEqual(Object.fromEntries(expected));
    if (this.#withRedo) expect(this.#checkpoints.canRedo()).toBe(this.model.canRedo());
  }

  /** Nothing that was ever replaced is lost. */
  async checkNothingLost(): Promise<void> {
    await this.#checkpoints.close();
    const pack = this.#world.storage.paths().find((parts) => parts.at(-1)?.endsWith('.pack'));
    if (pack === undefined) return;
    const { storage } = this.#world;
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const blobs = await openBlobStore({ storage, folder: pack.slice(0, -1), writable: false, log });
    for (const text of this.#replaced) {
      expect(await blobs.get(await toSha256(toBytes(text)))).toEqual(toBytes(text));
    }
  }

  #message(turnsBack: number): string {
    return `m${Math.max(0, this.#turn - turnsBack)}`;
  }

  async #agent(action: { readonly path: string; readonly content: string }): Promise<void> {
    const before = this.model.disk.get(action.path)?.content;
    const died = await this.#dying(async () => {
      await this.#world.agent(this.#checkpoints, this.#message(0), { [action.path]: action.content });
    });
    // A write that the process died of has happened or it hasn't: the file tells.
    const now = withoutFolders(await this.#world.tree())[action.path];
    if (died && now?.slice(4) !== action.content) return;
    if (before !== undefined && before !== action.content) this.#replaced.add(before);
    this.model.agentWrites(action.path, action.content);
  }

  async #rewind(action: {
    readonly back: number;
    readonly mode: RewindMode;
    readonly only?: string;
  }): Promise<void> {
    const message = this.#message(action.back);
    const paths = action.only === undefined ? {} : { paths: [this.#world.at(action.only)] };
    await this.#move({
      really: (dryRun) =>
        this.#checkpoints.rewind({ userMessageId: message, dryRun, mode: action.mode, ...paths }),
      model: () => this.model.rewind(message, action.mode, action.only),
    });
  }

  async #redo(mode: RewindMode): Promise<void> {
    await this.#move({
      really: (dryRun) => this.#checkpoints.redo({ dryRun, mode }),
      model: () => this.model.redo(mode),
    });
  }

  /** All or nothing, also when the process dies of it. */
  async #move(move: {
    readonly really: (dryRun: boolean) => Promise<RewindAnswer>;
    readonly model: () => Map<string, Outcome> | undefined;
  }): Promise<void> {
    const would = await move.really(true);
    if (would.filesChanged === undefined || would.filesChanged.length === 0) this.#dieAt = 0;
    const before = withoutFolders(await this.#world.tree());
    let answer: RewindAnswer | undefined;
    const died = await this.#dying(async () => {
      answer = await move.really(false);
    });
    const after = withoutFolders(await this.#world.tree());
    if (died && JSON.stringify(after) === JSON.stringify(before)) return;
    for (const [name, text] of Object.entries(before))
      if (after[name] !== text) this.#replaced.add(text.slice(4));
    const outcomes = move.model();
    expect(outcomesOf(would, this.#world)).toEqual(Object.fromEntries(outcomes ?? []));
    // A folder that an earlier rewind had to leave and that is empty by now.
    const isFoldersOnly = would.files?.length === 0;
    expect(would.canRewind).toBe(outcomes !== undefined || isFoldersOnly);
    if (!died)
      expect({ ...answer, canRedo: 0, skippedLinks: 0 }).toEqual({ ...would, canRedo: 0, skippedLinks: 0 });
  }

  async #dying(task: () => Promise<void>): Promise<boolean> {
    const at = this.#dieAt;
    this.#dieAt = 0;
    if (at === 0) {
      await task();
      return false;
    }
    // What was noted before is to be written before.
    await new Promise((resolve) => setImmediate(resolve));
    this.#world.faults.arm(at, { kind: 'crash', torn: at % 2 === 0 });
    await task().catch(() => undefined);
    const died = this.#world.faults.isDead;
    this.#world.faults.disarm();
    if (!died) await this.#checkpoints.close();
    await this.#world.die();
    this.#checkpoints = await this.#world.open();
    return died;
  }
}

function withoutFolders(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.endsWith('/')));
}

/** The model knows of no folders. Where all of them are there before, no rewind is about them. */
export interface HistoryWalk {
  readonly where: string;
  readonly withRedo: boolean;
  readonly folders: readonly string[];
}

export const historyWalks: readonly HistoryWalk[] = [
  { where: 'in folders of the user', withRedo: true, folders: ['x/y', 'z'] },
  { where: 'in folders that come and go, without redos', withRedo: false, folders: [] },
];

/** Each file is left as the plain model says, and nothing is lost. */
export function createHistoryProperty(given: HistoryWalk) {
  const some = given.withRedo ? byAgent : byAgent.filter(({ arbitrary }) => arbitrary !== redo);
  const actions = fc.array(fc.oneof(...some, ...byUser), { minLength: 5, maxLength: 40 });
  return fc.asyncProperty(actions, async (walked) => {
    const world = await createMemoryWorld();
    for (const folder of given.folders) await world.files.makeDirectory(world.at(folder));
    const walk = new Walk(world, await world.open(), given);
    for (const action of [{ do: 'turn' } as const, ...walked]) {
      await walk.take(action);
      await walk.check();
    }
    await walk.checkNothingLost();
  });
}
