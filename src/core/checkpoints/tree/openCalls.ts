/**
 * What sessions that work in one folder at the same time tell each other. Each finds out by looking what its calls have changed, and
 * would take the work of the others for theirs.
 *
 *     checkpoints/<root>/calls/<session>.<count>.<tree>           a lock: this call is open, and may change anything
 *     checkpoints/<root>/calls/<session>.<count>.<tree>.behind    the same of one that was answered and goes on
 *     checkpoints/<root>/calls/<one of these>.cut                 the process of that call has died
 *     checkpoints/<root>/calls/<session>.<count>.to.<message>     told to that call: paths that others have changed
 *     checkpoints/<root>/calls/<session>.here                     a lock: this session looks at the folder
 *
 * A call is announced before it is looked at what stands there, and is no longer when it has been looked at what it left: so one that is
 * not announced when another has looked had no part in what that one found.
 */
import * as z from 'zod';
import type { Log, Storage } from '../../ports.ts';

/** Whose a change is, where others have had a part in it. `unknown`: nobody can say. */
export type Whose = 'somebody' | 'unknown';

export interface OpenCall {
  /** It was answered, and what it has started goes on: what others do meanwhile is theirs. */
  goOn(): Promise<void>;
  /** Of paths that have changed while it was open: those that aren't its own. Others are told of all of them. */
  judge(paths: readonly string[]): Promise<ReadonlyMap<string, Whose>>;
  close(): Promise<void>;
}

/** Nothing of it rejects: where nothing can be told, everybody goes by what they see. */
export interface OpenCalls {
  /** No other session looks at the folder. */
  isAlone(): Promise<boolean>;
  /** `tree`: the number of the store that holds how everything looked before it (treeStore.ts). */
  open(tree: number): Promise<OpenCall>;
  /** These are about to be written by somebody who records it. */
  tell(paths: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface OpenCallsDeps {
  readonly storage: Storage;
  readonly log: Log;
  /** Of the root, in the storage. */
  readonly folder: readonly string[];
  /** A plain name without dots. */
  readonly session: string;
}

/** A call that a crash has cut off. */
export interface CutOffCall {
  readonly session: string;
  readonly tree: number;
}

type Lock = Awaited<ReturnType<Storage['lock']>>;

interface Announced {
  readonly name: string;
  readonly session: string;
  /** What messages to it are named after. */
  readonly call: string;
  readonly tree: number;
  readonly isBehind: boolean;
}

const FOLDER = 'calls';
const CALL = /^(([\w-]+)\.\d+)\.(\d+)(\.behind)?$/;
const CUT = /\.cut$/;
const HERE = /^([\w-]+)\.here$/;

const message = z.object({ paths: z.array(z.string()), whose: z.enum(['somebody', 'unknown']) });

export function createOpenCalls(deps: OpenCallsDeps): OpenCalls {
  return new FolderCalls(deps);
}

class FolderCalls implements OpenCalls {
  readonly #deps: OpenCallsDeps;
  #here: Promise<Lock> | undefined;
  #count = 0;

  constructor(deps: OpenCallsDeps) {
    this.#deps = deps;
  }

  async isAlone(): Promise<boolean> {
    this.#here ??= this.lock(`${this.#deps.session}.here`);
    await this.#here;
    const sessions = (await this.names()).flatMap((name) => HERE.exec(name)?.[1] ?? []);
    return sessions.every((session) => session === this.#deps.session);
  }

  async open(tree: number): Promise<OpenCall> {
    this.#count += 1;
    const call = `${this.#deps.session}.${this.#count}`;
    const name = `${call}.${tree}`;
    return new AnnouncedCall(this, { call, name, lock: await this.lock(name) });
  }

  tell(paths: readonly string[]): Promise<void> {
    return this.send(paths, { whose: 'somebody', to: this.others() });
  }

  async close(): Promise<void> {
    await this.release(await this.#here);
  }

  // ---- for its calls ----

  async names(): Promise<readonly string[]> {
    return this.#quietly([], async () => (await this.#deps.storage.list(this.#at())).map(({ name }) => name));
  }

  /** Calls of other sessions whose processes live. */
  async others(): Promise<readonly Announced[]> {
    const found = toAnnounced(await this.names()).filter(({ session }) => session !== this.#deps.session);
    const alive: Announced[] = [];
    for (const one of found) if (!(await this.#isCutOff(one))) alive.push(one);
    return alive;
  }

  async send(
    paths: readonly string[],
    { whose, to }: { readonly whose: Whose; readonly to: Promise<readonly Announced[]> },
  ): Promise<void> {
    if (paths.length === 0) return;
    const bytes = new TextEncoder().encode(JSON.stringify({ paths, whose }));
    for (const { call } of await to) {
      const path = this.#at(`${call}.to.${crypto.randomUUID()}`);
      await this.#quietly(undefined, () => this.#deps.storage.writeFile(path, bytes));
    }
  }

  /** What was told to the call; it is told once. */
  async receive(call: string): Promise<ReadonlyMap<string, Whose>> {
    const told = new Map<string, Whose>();
    for (const name of await this.names()) {
      if (!name.startsWith(`${call}.to.`)) continue;
      const bytes = await this.#quietly(undefined, () => this.#deps.storage.readFile(this.#at(name)));
      const parsed = message.safeParse(parse(bytes));
      // Of one that can't be understood, nobody knows what it was about.
      if (parsed.success) for (const path of parsed.data.paths) told.set(path, parsed.data.whose);
      await this.#quietly(undefined, () => this.#deps.storage.remove(this.#at(name)));
    }
    return told;
  }

  lock(name: string): Promise<Lock> {
    return this.#quietly(undefined, () => this.#deps.storage.lock(this.#at(name)));
  }

  release(lock: Lock): Promise<void> {
    return this.#quietly(undefined, async () => lock?.release());
  }

  /** Whoever finds that leaves a mark of it for the next session that is opened. */
  async #isCutOff({ name }: Announced): Promise<boolean> {
    const { storage } = this.#deps;
    const lock = await this.lock(name);
    if (lock === undefined) return false;
    await this.#quietly(undefined, () => storage.writeFile(this.#at(`${name}.cut`), new Uint8Array()));
    await this.release(lock);
    return true;
  }

  #at(...name: readonly string[]): readonly string[] {
    return [...this.#deps.folder, FOLDER, ...name];
  }

  async #quietly<Result>(otherwise: Result, task: () => Promise<Result>): Promise<Result> {
    try {
      return await task();
    } catch (error) {
      this.#deps.log.warn('sessions of one folder could not tell each other of a call', {
        error: String(error),
      });
      return otherwise;
    }
  }
}

interface Announcement {
  readonly call: string;
  readonly name: string;
  readonly lock: Lock;
}

class AnnouncedCall implements OpenCall {
  readonly #calls: FolderCalls;
  readonly #call: string;
  readonly #name: string;
  #lock: Lock;
  #isBehind = false;
  /** What others have told, and was not found yet. */
  readonly #told = new Map<string, Whose>();

  constructor(calls: FolderCalls, { call, name, lock }: Announcement) {
    this.#calls = calls;
    this.#call = call;
    this.#name = name;
    this.#lock = lock;
  }

  async goOn(): Promise<void> {
    if (this.#isBehind) return;
    this.#isBehind = true;
    const before = this.#lock;
    this.#lock = await this.#calls.lock(`${this.#name}.behind`);
    await this.#calls.release(before);
  }

  async judge(paths: readonly string[]): Promise<ReadonlyMap<string, Whose>> {
    // In this order: one that is not announced any more has told before.
    const others = await this.#calls.others();
    for (const [path, whose] of await this.#calls.receive(this.#call)) this.#told.set(path, whose);
    const isShared = others.some(({ isBehind }) => !isBehind);
    const judged = new Map<string, Whose>();
    for (const path of paths) {
      const whose = this.#told.get(path) ?? (isShared ? 'unknown' : undefined);
      if (whose !== undefined) judged.set(path, whose);
      this.#told.delete(path);
    }
    const to = Promise.resolve(others);
    // What goes on behind has no claim on what another call has changed; and none of its own that others should heed.
    if (!this.#isBehind) {
      const own = paths.filter((path) => !judged.has(path));
      await this.#calls.send(own, { whose: 'somebody', to });
      await this.#calls.send([...judged.keys()], { whose: 'unknown', to });
    }
    return judged;
  }

  async close(): Promise<void> {
    await this.#calls.release(this.#lock);
    await this.#calls.receive(this.#call);
  }
}

/** Those that a crash has cut off, in any session of the folder; their marks are taken away. Throws FileError. */
export async function takeCutOff({
  storage,
  folder,
}: Pick<OpenCallsDeps, 'storage' | 'folder'>): Promise<readonly CutOffCall[]> {
  const names = (await storage.list([...folder, FOLDER])).map(({ name }) => name);
  const found: Announced[] = toAnnounced(
    names.filter((name) => CUT.test(name)).map((name) => name.replace(CUT, '')),
  );
  for (const one of toAnnounced(names)) {
    const lock = await storage.lock([...folder, FOLDER, one.name]);
    if (lock === undefined) continue;
    found.push(one);
    await lock.release();
  }
  const calls = new Set(found.map(({ call }) => call));
  for (const name of names) {
    const isOf = [...calls].some((call) => name.startsWith(`${call}.to.`));
    if (isOf || CUT.test(name)) await storage.remove([...folder, FOLDER, name]);
  }
  return [...new Map(found.map(({ session, tree }) => [session, { session, tree }])).values()];
}

/** Takes away what sessions have left whose processes have died. Never rejects: it is only in the way of being alone. */
export async function sweepSessions({
  storage,
  folder,
  log,
}: Pick<OpenCallsDeps, 'storage' | 'folder' | 'log'>): Promise<void> {
  try {
    const names = (await storage.list([...folder, FOLDER])).map(({ name }) => name);
    for (const name of names.filter((one) => HERE.test(one)))
      await (await storage.lock([...folder, FOLDER, name]))?.release();
  } catch (error) {
    log.warn('what sessions have left could not be taken away', { error: String(error) });
  }
}

function toAnnounced(names: readonly string[]): Announced[] {
  return names.flatMap((name) => {
    const [, call, session, tree, behind] = CALL.exec(name) ?? [];
    if (call === undefined || session === undefined) return [];
    return [{ name, call, session, tree: Number(tree), isBehind: behind !== undefined }];
  });
}

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
