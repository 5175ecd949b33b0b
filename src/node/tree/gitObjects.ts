/**
 * The objects of a repository, read through a bare one of Belay's own (`Repository.bare`). Its packs and loose objects are
 * given a second name there, so that they outlive a `gc` or an `rm -rf .git`; nothing is ever written to the repository itself.
 */
import { copyFile, link, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../fileOperations.ts';
import { runGit } from './gitCommand.ts';
import type { Repository } from './repository.ts';

/** A pack that lies on another volume is copied up to this size. Bytes. */
const LARGEST_COPIED = 256 * 1024 * 1024;
/** What the repository has dropped is kept this long. Milliseconds. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** What can't be linked is left to the repository. Never rejects. */
export async function pinObjects({ objects, bare }: Repository, signal: AbortSignal): Promise<void> {
  const own = join(bare, 'objects');
  await pinFolder(join(objects, 'pack'), join(own, 'pack'), signal);
  const folders = (await readdir(objects).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  for (const name of folders) {
    if (signal.aborted) return;
    await pinFolder(join(objects, name), join(own, name), signal);
  }
}

async function pinFolder(from: string, to: string, signal: AbortSignal): Promise<void> {
  const names = (await readdir(from).catch(() => [])).filter((name) => PINNED.test(name));
  const there = new Set(await readdir(to).catch(() => []));
  await dropOld(to, { names: [...there], kept: new Set(names) });
  const missing = names.filter((name) => !there.has(name));
  if (missing.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  // An index goes last: it makes git look for the pack.
  for (const rank of [0, 1]) {
    if (signal.aborted) return;
    const next = missing.filter((name) => rankOf(name) === rank);
    // Of loose objects there are at most some dozens in a folder: git packs them before there are more.
    await Promise.all(next.map((name) => pin(join(from, name), join(to, name))));
  }
}

/** Packs with their indexes; loose objects. */
const PINNED = /^(?:pack-[0-9a-f]+\.(?:pack|idx)|[0-9a-f]{38}|[0-9a-f]{62})$/;

function rankOf(name: string): number {
  return name.endsWith('.idx') ? 1 : 0;
}

async function pin(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return;
    const stats = await lstat(from).catch(() => undefined);
    if (stats === undefined || stats.size > LARGEST_COPIED) return;
    const temporary = `${to}.tmp`;
    await copyFile(from, temporary)
      .then(() => rename(temporary, to))
      .catch(() => rm(temporary, { force: true }));
  }
}

async function dropOld(
  folder: string,
  { names, kept }: { readonly names: readonly string[]; readonly kept: ReadonlySet<string> },
): Promise<void> {
  for (const name of names) {
    if (kept.has(name)) continue;
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.ctimeMs > KEPT_MS)
      await rm(join(folder, name), { force: true });
  }
}

/** By their names, from `Repository.bare`; what can't be had is left out. */
export async function readObjects(
  bare: string,
  oids: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const input = [...new Set(oids)].map((oid) => `${oid}\n`).join('');
  const told = await runGit(['cat-file', '--batch'], { cwd: bare, gitDir: bare, input });
  return told === undefined ? new Map() : parseBatch(told);
}

/** `<oid> <type> <size>`, the bytes, a line end; or `<oid> missing`. */
function parseBatch(told: Buffer): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  let offset = 0;
  while (offset < told.length) {
    const end = told.indexOf(0x0a, offset);
    if (end < 0) break;
    const [oid = '', type, size] = told.toString('latin1', offset, end).split(' ');
    offset = end + 1;
    if (type !== 'blob') continue;
    found.set(oid, told.subarray(offset, offset + Number(size)));
    offset += Number(size) + 1;
  }
  return found;
}
