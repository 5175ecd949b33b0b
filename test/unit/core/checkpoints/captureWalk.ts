/**
 * Walks of an agent and a user over one folder on the disk, with rewinds, redos and ends of the process in between. What every
 * rewind must hold is said by the trees before and after each step: who changed what is known here, while the real thing has
 * to find it out.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { openBlobStore } from '../../../../src/core/checkpoints/blobStore.ts';
import type { Checkpoints } from '../../../../src/core/checkpoints/checkpoints.ts';
import { toSha256 } from '../../../../src/core/checkpoints/sha256.ts';
import { createDiskWorld, toBytes, type World } from './world.ts';

/** One thing done to the disk. What can't be done is not. */
type Deed =
  | { readonly do: 'write' | 'remove' | 'mkdir'; readonly at: string }
  | { readonly do: 'move'; readonly at: string; readonly to: string }
  | { readonly do: 'chmod'; readonly at: string; readonly mode: number }
  | { readonly do: 'link'; readonly at: string; readonly target: string };

type Action =
  | { readonly do: 'turn' | 'reopen' }
  | { readonly do: 'tool'; readonly at: string }
  | { readonly do: 'command'; readonly deeds: readonly Deed[]; readonly beside?: string | undefined }
  | { readonly do: 'user'; readonly deeds: readonly Deed[]; readonly isAway: boolean }
  /** A command, in the middle of which the process dies. */
  | { readonly do: 'die'; readonly deeds: readonly Deed[]; readonly later: readonly Deed[] }
  | { readonly do: 'rewind'; readonly back: number }
  | { readonly do: 'redo'; readonly back: number; readonly between: readonly Deed[] };

const at = fc.constantFrom('a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/a', 'f', 'f/a');
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), at, to: at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mkdir' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('chmod' as const), at, mode: fc.constantFrom(0o700, 0o755) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('link' as const), at, target: fc.constantFrom('a', 'd', 'no') }),
  },
);
const deeds = fc.array(deed, { minLength: 1, maxLength: 4 });
const back = fc.integer({ min: 0, max: 3 });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ do: 'turn' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tool' as const), at }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      deeds,
      beside: fc.option(at, { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('user' as const), deeds, isAway: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die' as const), deeds, later: deeds }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('rewind' as const), back }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('redo' as const),
      back,
      between: fc.oneof(fc.constant([] as readonly Deed[]), deeds),
    }),
  },
);

export const actions = fc.array(action, { minLength: 3, maxLength: 20 });

/** Path below the root -> kind, mode and bytes. */
type Snapshot = ReadonlyMap<string, string>;

interface Entry {
  /** `rewind`: what a rewind or redo has left where it could not do all it was to. */
  readonly by: 'agent' | 'user' | 'unknown' | 'rewind';
  readonly order: number;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The user has taken it away since and made the same anew: theirs, where a look came between. */
  readonly isRemade?: boolean;
}

export interface WalkOptions {
  /** Some of what is there at the start is in a repository. */
  readonly withGit?: boolean;
  readonly hasMemoryStore?: boolean;
}

/** Throws where something is not as it must be. */
export async function walkThrough(walked: readonly Action[], options: WalkOptions = {}): Promise<void> {
  const { withGit: trusted = false, hasMemoryStore = false } = options;
  const world = await createDiskWorld({ capture: true, trusted, hasMemoryStore, isVolatile: true });
  try {
    const walk = new CaptureWalk(world);
    await walk.begin(options);
    for (const one of walked) await walk.take(one);
    await walk.take({ do: 'rewind', back: 100 });
    await walk.checkNothingLost();
  } finally {
    await world.remove();
  }
}

class CaptureWalk {
  readonly #world: World;
  #checkpoints!: Checkpoints;
  #turn = 0;
  #order = 0;
  #contents = 0;
  readonly #turns: number[] = [];
  #chains = new Map<string, readonly Entry[]>();

  constructor(world: World) {
    this.#world = world;
  }

  async begin({ withGit = false }: WalkOptions): Promise<void> {
    for (const path of ['a', 'd/a', 'd/e/a']) this.#do({ do: 'write', at: path }, 'user');
    if (withGit) commitAll(this.#world.root);
    this.#checkpoints = await this.#world.open();
    this.#beginTurn();
  }

  #beginTurn(): void {
    this.#turns.push(this.#order);
    this.#checkpoints.beginTurn(this.#message(0));
  }

  #message(back: number): string {
    return `m${Math.max(0, this.#turn - back)}`;
  }

  async take(one: Action): Promise<void> {
    switch (one.do) {
      case 'turn':
        await this.#checkpoints.endTurn();
        this.#turn += 1;
        return this.#beginTurn();
      case 'reopen':
        await this.#checkpoints.close();
        this.#checkpoints = await this.#world.open();
        return;
      case 'tool':
        return this.#noting('agent', () => this.#writeByTool(one.at));
      case 'command':
        return this.#noting('agent', () => this.#runCommand(one));
      case 'user':
        return this.#changeByUser(one);
      case 'die':
        return this.#die(one);
      case 'rewind':
        return this.#rewind(one.back);
      case 'redo':
        return this.#rewindAndRedo(one);
    }
  }

  /** What the task changes is this one's. */
  async #noting(by: Entry['by'], task: () => Promise<void>): Promise<void> {
    const before = this.#read();
    await task();
    this.#order += 1;
    const after = this.#read();
    for (const path of new Set([...before.keys(), ...after.keys()]))
      if (before.get(path) !== after.get(path))
        this.#push(path, { by, order: this.#order, before: before.get(path), after: after.get(path) });
  }

  #push(path: string, entry: Entry): void {
    const chain = this.#chains.get(path) ?? [];
    const last = chain.findLastIndex(({ by }) => by !== 'user');
    // The user has made of it what the agent had left: nobody can see that it was ever otherwise.
    const isBack = entry.by === 'user' && last >= 0 && chain[last]?.after === entry.after;
    const remade = chain[last];
    this.#chains.set(
      path,
      isBack && remade !== undefined
        ? [...chain.slice(0, last), { ...remade, isRemade: true }]
        : [...chain, entry],
    );
  }

  async #writeByTool(path: string): Promise<void> {
    const content = this.#newContent('agent');
    // A tool can't write where a folder stands.
    await this.#world.agent(this.#checkpoints, this.#message(0), { [path]: content }).catch(() => undefined);
  }

  async #runCommand({ deeds: done, beside }: Extract<Action, { do: 'command' }>): Promise<void> {
    const call = { userMessageId: this.#message(0), toolUseId: 'command', origin: 'shell' } as const;
    const recorder = this.#checkpoints.record(call);
    await recorder.expectChanges('shell');
    const half = done.length >> 1;
    for (const one of done.slice(0, half)) this.#do(one, 'agent');
    if (beside !== undefined) await this.#writeByTool(beside);
    for (const one of done.slice(half)) this.#do(one, 'agent');
    await recorder.finish();
  }

  async #changeByUser({ deeds: done, isAway }: Extract<Action, { do: 'user' }>): Promise<void> {
    if (isAway) await this.#checkpoints.close();
    await this.#noting('user', async () => {
      for (const one of done) this.#do(one, 'user');
    });
    if (isAway) this.#checkpoints = await this.#world.open();
  }

  async #die({ deeds: done, later }: Extract<Action, { do: 'die' }>): Promise<void> {
    await this.#noting('unknown', async () => {
      const call = { userMessageId: this.#message(0), toolUseId: 'cut off', origin: 'shell' } as const;
      await this.#checkpoints.record(call).expectChanges('shell');
      for (const one of done) this.#do(one, 'agent');
      await this.#world.die();
      for (const one of later) this.#do(one, 'user');
    });
    this.#checkpoints = await this.#world.open();
  }

  async #rewind(turnsBack: number): Promise<void> {
    const order = this.#turns[Math.max(0, this.#turn - turnsBack)] ?? 0;
    const before = this.#read();
    const stamps = this.#stamps();
    const userMessageId = this.#message(turnsBack);
    const answer = await this.#checkpoints.rewind({ userMessageId, dryRun: false, mode: 'merge' });
    const after = this.#read();
    const context = { answer: JSON.stringify(answer), logged: this.#world.logged };
    const now = this.#stamps();
    const chains = new Map(this.#chains);
    for (const path of new Set([...before.keys(), ...after.keys(), ...this.#chains.keys()])) {
      const states = { before: before.get(path), after: after.get(path) };
      this.#checkPath(path, { ...states, order, tree: after, chains, isRefused: !answer.canRewind, context });
      if (states.before === states.after && states.after?.startsWith('file') === true)
        expect({ path, stamp: now.get(path) }).toEqual({ path, stamp: stamps.get(path) });
    }
  }

  #checkPath(path: string, look: Look): void {
    const { before, after, order } = look;
    const chain = this.#chains.get(path) ?? [];
    const first = chain.findIndex((entry) => entry.by !== 'user' && entry.order > order);
    const undone = first < 0 ? [] : chain.slice(first);
    const target = undone[0]?.before;
    const told = { path, chain, ...look.context };
    if (undone.length === 0) return this.#checkUntouched(path, look);
    // A folder on the way to what came back is there, whoever had removed it.
    const isOnWay = target === undefined && hasBelow(look.tree, path);
    const isPure =
      undone.every(({ by, isRemade }) => by === 'agent' && isRemade !== true) &&
      !isTouchedAround(path, look) &&
      !isOnWay;
    if (isPure) expect({ ...told, state: after }).toEqual({ ...told, state: target });
    const byUser = undone.findLast(isOfContent)?.by === 'user' && before !== undefined;
    const allowed = byUser ? [before] : [before, ...this.#listTargets(undone)];
    const contents = allowed.map(toContent);
    // Which of these states it stands at is then not known here.
    if (chain.some(({ by }) => by === 'rewind'))
      contents.push(...chain.flatMap((one) => [toContent(one.before), toContent(one.after)]));
    if (isOnWay || (before === undefined && hasBelow(look.tree, path))) contents.push('folder');
    if (!contents.includes(toContent(after)))
      expect({ ...told, state: after }).toEqual({ ...told, contents });
    // A rewind that finds nothing to do is none: what was changed stays changed, though it comes to nothing.
    if (after === before && (after !== target || look.isRefused)) return;
    this.#chains.set(path, chain.slice(0, first));
    if (after !== target) this.#push(path, { by: 'rewind', order, before: target, after });
  }

  /**
   * What was there before all of it; or what the user had made of it, and the agent then wrote over: that is theirs. Where the
   * agent had changed no content before that, there is nothing older to go back to.
   */
  #listTargets(undone: readonly Entry[]): readonly (string | undefined)[] {
    const target = undone[0]?.before;
    const first = undone.findIndex((entry) => entry.by !== 'user' && isOfContent(entry));
    const before = undone.slice(0, Math.max(0, first)).findLast(isOfContent)?.after;
    const remade = undone.flatMap((one) => (one.isRemade === true ? [one.after] : []));
    if (before !== undefined) return [before, ...remade];
    const last = undone.findLastIndex((entry) => entry.by !== 'user' && isOfContent(entry));
    const writtenOver = undone
      .slice(0, Math.max(0, last))
      .filter((one) => one.by === 'user' && isOfContent(one));
    return [target, ...remade, ...writtenOver.flatMap(({ after }) => after ?? [])];
  }

  /** What the agent did not change stays, but for folders that are made on the way to what comes back. */
  #checkUntouched(path: string, { before, after, order, tree, context }: Look): void {
    if (before === after) return;
    const told = { path, chain: this.#chains.get(path), ...context };
    const isOnWay = before === undefined && after?.startsWith('folder') === true && hasBelow(tree, path);
    if (!isOnWay) expect({ ...told, state: after }).toEqual({ ...told, state: before });
    this.#push(path, { by: 'rewind', order, before, after });
  }

  async #rewindAndRedo({ back: turnsBack, between }: Extract<Action, { do: 'redo' }>): Promise<void> {
    const before = this.#read();
    const chains = new Map(this.#chains);
    await this.#rewind(turnsBack);
    const rewound = this.#read();
    if (isSameTree(before, rewound)) return;
    const [touched, left] = this.#changeBetween(between);
    const answer = await this.#checkpoints.redo({ dryRun: false });
    const after = this.#read();
    for (const path of new Set([...before.keys(), ...after.keys(), ...left.keys()])) {
      const told = { path, answer: JSON.stringify(answer), chain: this.#chains.get(path) };
      const state = after.get(path);
      const isTouched = touched.some((one) => one === path || isNear(one, path));
      if (!isTouched) expect({ ...told, state }).toEqual({ ...told, state: before.get(path) });
      // What the user has made of it meanwhile stays.
      const isMade =
        toContent(left.get(path)) !== toContent(rewound.get(path)) && left.get(path) !== undefined;
      if (isMade)
        expect({ ...told, state: toContent(state) }).toEqual({ ...told, state: toContent(left.get(path)) });
    }
    // Where the user has done all of it again there is no redo: it is the user's now.
    if (answer.canRewind) this.#takeUp(chains, { before, rewound, after, touched });
    else this.#noteUsers(touched, { rewound, left });
  }

  #noteUsers(
    paths: readonly string[],
    { rewound, left }: { readonly rewound: Snapshot; readonly left: Snapshot },
  ): void {
    this.#order += 1;
    for (const path of paths)
      this.#push(path, { by: 'user', order: this.#order, before: rewound.get(path), after: left.get(path) });
  }

  #changeBetween(between: readonly Deed[]): readonly [readonly string[], Snapshot] {
    const from = this.#read();
    for (const one of between) this.#do(one, 'user');
    const to = this.#read();
    const paths = [...new Set([...from.keys(), ...to.keys()])];
    return [paths.filter((path) => from.get(path) !== to.get(path)), to];
  }

  /** What is as it was before the rewind has the history it had then; what is not is nobody's any more. */
  #takeUp(
    chains: ReadonlyMap<string, readonly Entry[]>,
    trees: {
      readonly before: Snapshot;
      readonly rewound: Snapshot;
      readonly after: Snapshot;
      readonly touched: readonly string[];
    },
  ): void {
    this.#order += 1;
    const { before, rewound, after, touched } = trees;
    const paths = new Set([...chains.keys(), ...before.keys(), ...rewound.keys(), ...after.keys()]);
    for (const path of paths) {
      const known = chains.get(path) ?? [];
      if (after.get(path) === before.get(path)) {
        this.#chains.set(path, known);
        continue;
      }
      const change = { before: before.get(path), after: after.get(path) };
      const by = touched.includes(path) && known.length === 0 ? 'user' : 'rewind';
      this.#chains.set(path, [...known, { by, order: this.#order, ...change }]);
    }
  }

  /** Every content of the user's that something the agent did has replaced can be had. */
  async checkNothingLost(): Promise<void> {
    await this.#checkpoints.close();
    const { storage, replaced } = { storage: this.#world.storage, replaced: this.#replaced };
    const [root] = await storage.list(['checkpoints']);
    const sessions = ['checkpoints', root?.name ?? '', 'sessions'];
    const [session] = await storage.list(sessions);
    const folder = [...sessions, session?.name ?? ''];
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const blobs = await openBlobStore({ storage, folder, writable: false, log });
    for (const text of replaced)
      expect(Buffer.from(await blobs.get(await toSha256(toBytes(text)))).toString()).toBe(text);
    await blobs.close();
  }

  get #replaced(): ReadonlySet<string> {
    const before = [...this.#chains.values()].flat().filter(({ by }) => by === 'agent');
    return new Set(before.flatMap((entry) => /^file \d+ (user.*)$/.exec(entry.before ?? '')?.[1] ?? []));
  }

  #newContent(by: 'agent' | 'user'): string {
    this.#contents += 1;
    // All of one length: nothing but the bytes tells them apart.
    return `${by === 'user' ? 'user ' : 'agent'} ${String(this.#contents).padStart(6, '0')}`;
  }

  #do(one: Deed, by: 'agent' | 'user'): void {
    const path = this.#world.at(one.at);
    try {
      switch (one.do) {
        case 'write':
          mkdirSync(dirname(path), { recursive: true });
          return writeFileSync(path, this.#newContent(by));
        case 'remove':
          return rmSync(path, { recursive: true });
        case 'mkdir':
          mkdirSync(path, { recursive: true });
          return;
        case 'move':
          return renameSync(path, this.#world.at(one.to));
        case 'chmod':
          if (!lstatSync(path).isSymbolicLink()) chmodSync(path, one.mode);
          return;
        case 'link':
          if (!existsSync(path)) symlinkSync(one.target, path);
          return;
      }
    } catch {
      // It can't be done, as the disk is.
    }
  }

  #read(): Snapshot {
    const tree = new Map<string, string>();
    readInto(tree, this.#world.root, '');
    return tree;
  }

  #stamps(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#read().keys()].map((path) => {
        const { ino, mtimeMs } = lstatSync(this.#world.at(path));
        return [path, `${ino} ${mtimeMs}`];
      }),
    );
  }
}

interface Look {
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly order: number;
  readonly tree: Snapshot;
  /** As they were before the rewind. */
  readonly chains: ReadonlyMap<string, readonly Entry[]>;
  readonly isRefused: boolean;
  readonly context: object;
}

/** Somebody else has changed what it is in, or what is in it: it may have to stay. */
function isTouchedAround(path: string, { chains, order }: Look): boolean {
  return [...chains].some(
    ([other, chain]) =>
      (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) &&
      chain.some((entry) => entry.by !== 'agent' && entry.order > order),
  );
}

function readInto(tree: Map<string, string>, folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    if (name === '.git') continue;
    const path = join(folder, name);
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) tree.set(prefix + name, `link ${readlinkSync(path)}`);
    else if (stats.isFile()) tree.set(prefix + name, `file ${mode} ${readFileSync(path, 'latin1')}`);
    else {
      tree.set(prefix + name, `folder ${mode}`);
      readInto(tree, path, `${prefix}${name}/`);
    }
  }
}

/** Without mode. */
function toContent(state: string | undefined): string | undefined {
  return state?.replace(/^(file|folder) \d+/, '$1');
}

function isOfContent({ before, after }: Entry): boolean {
  return toContent(before) !== toContent(after);
}

function hasBelow(tree: Snapshot, path: string): boolean {
  return [...tree.keys()].some((other) => other.startsWith(`${path}/`));
}

function isNear(one: string, other: string): boolean {
  return one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}

function isSameTree(left: Snapshot, right: Snapshot): boolean {
  return left.size === right.size && [...left].every(([path, state]) => right.get(path) === state);
}

/** A repository of all that is there, old enough for git to vouch for it. */
function commitAll(root: string): void {
  const then = Date.now() / 1000 - 3600;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    lutimesSync(join(entry.parentPath, entry.name), then, then);
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-qm', 'all'],
  ])
    execFileSync('git', [...identity, ...args], { cwd: root });
}
