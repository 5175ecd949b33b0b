/**
 * A shell command as it is recorded: the tree before and after it is compared, and each difference is a delta. The session
 * must be closed meanwhile.
 */
import { captureFile, saveContent } from '../../../../../src/core/checkpoints/captureFile.ts';
import { absent, type FileState, isSameState } from '../../../../../src/core/checkpoints/fileState.ts';
import { createPathKey } from '../../../../../src/core/checkpoints/paths.ts';
import { openSessionStore, type SessionStore } from '../../../../../src/core/checkpoints/sessionStore.ts';
import { toSha256 } from '../../../../../src/core/checkpoints/sha256.ts';
import { type StateChange, summarizeChanges } from '../../../../../src/core/checkpoints/summarize.ts';
import type { FileSystem } from '../../../../../src/core/ports.ts';
import { createMemoryClock } from '../../../../support/memory/clock.ts';
import { toBytes, type World } from '../world.ts';

export interface ShellCall {
  readonly userMessageId?: string;
  readonly toolUseId?: string;
  readonly caseInsensitive?: boolean;
}

/** Runs `change` as a command of the agent's. */
export async function runShell(
  world: World,
  change: () => Promise<unknown>,
  { userMessageId = 'm1', toolUseId = `of ${userMessageId}`, caseInsensitive = false }: ShellCall = {},
): Promise<void> {
  const store = await openStore(world, { caseInsensitive });
  const before = await readStates(world.root, { world, store });
  await change();
  const after = await readStates(world.root, { world, store });
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path) ?? absent, after: after.get(path) ?? absent }))
    .filter((one) => !isSameState(one.before, one.after));
  await append(store, changes, { userMessageId, toolUseId });
  await store.close();
}

/** Records these changes as they are given. */
export async function recordChanges(
  world: World,
  changes: readonly StateChange[],
  { userMessageId = 'm1', toolUseId = `of ${userMessageId}`, caseInsensitive = false }: ShellCall = {},
): Promise<void> {
  const store = await openStore(world, { caseInsensitive });
  await append(store, changes, { userMessageId, toolUseId });
  await store.close();
}

async function append(
  { ledger, blobs }: SessionStore,
  changes: readonly StateChange[],
  call: { readonly userMessageId: string; readonly toolUseId: string },
): Promise<void> {
  const id = crypto.randomUUID();
  const toDelta = (change: StateChange, n: number) =>
    ({ kind: 'delta', id: `${id}/${n}`, checkpoint: id, ...change, origin: 'shell' }) as const;
  await ledger.append([
    { kind: 'checkpoint', id, ...call, createdAt: 0, origin: 'shell' },
    ...changes.map(toDelta),
    { kind: 'checkpoint-end', id, files: await summarizeChanges(changes, blobs) },
  ]);
}

async function openStore(
  { storage, root }: World,
  options: { readonly caseInsensitive: boolean },
): Promise<SessionStore> {
  const toKey = createPathKey(options);
  const folder = ['checkpoints', (await toSha256(toBytes(toKey(root)))).slice(0, 16)];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const clock = createMemoryClock();
  return openSessionStore({ storage, clock, log, toKey, folder, roots: [root], session: 'session' });
}

async function readStates(
  folder: string,
  place: { readonly world: World; readonly store: SessionStore },
): Promise<Map<string, FileState>> {
  const { files } = place.world;
  const states = new Map<string, FileState>();
  for (const { name, kind } of await files.readDirectory(folder)) {
    if (kind === 'other') continue;
    const path = `${folder}/${name}`;
    const capture = await captureFile(files, path);
    await saveContent(capture, place.store.blobs);
    states.set(path, capture.state);
    if (kind !== 'directory') continue;
    for (const [inside, state] of await readStates(path, place)) states.set(inside, state);
  }
  return states;
}

/** `rm -rf`, below the root. */
export async function removeTree({ files, at }: World, name: string): Promise<void> {
  await removeAll(files, at(name));
}

async function removeAll(files: FileSystem, path: string): Promise<void> {
  const stat = await files.lstat(path);
  if (stat?.kind !== 'directory') return files.removeFile(path);
  await files.setMode(path, 0o755);
  for (const { name } of await files.readDirectory(path)) await removeAll(files, `${path}/${name}`);
  await files.removeEmptyDirectory(path);
}

/** `cp -a`, below the root. */
export async function copyTree({ files, at }: World, from: string, to: string): Promise<void> {
  await copyAll(files, at(from), at(to));
}

async function copyAll(files: FileSystem, from: string, to: string): Promise<void> {
  const stat = await files.lstat(from);
  if (stat?.kind === 'symlink') return files.makeLink(to, await files.readLink(from));
  if (stat?.kind === 'file') {
    await files.writeFile(to, await files.readFile(from), { mode: stat.mode });
    return;
  }
  await files.makeDirectory(to);
  for (const { name } of await files.readDirectory(from))
    await copyAll(files, `${from}/${name}`, `${to}/${name}`);
  await files.setMode(to, stat?.mode ?? 0o755);
}
