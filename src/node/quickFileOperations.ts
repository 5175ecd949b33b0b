/**
 * The system calls made at once, in this thread. Many small steps on a disk that answers from memory take most of their time on the
 * way to the thread pool and back. What may keep the thread waiting goes to the pool all the same: large contents, flushes, listings,
 * whatever makes a file or does away with one, and everything for a while behind a call that took long (a drive in the network, say).
 * Between many calls others have their turn.
 */
import * as system from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  type FileOperations,
  type OpenFile,
  readLinkNow,
  realPathNow,
  systemFileOperations,
} from './fileOperations.ts';
import { toSystemPath } from './systemPath.ts';

/** What is larger is not read or written at once. Bytes. */
const SMALL = 256 * 1024;
/** After so long others have their turn. Milliseconds. */
const TURN_MS = 8;
/** A call that takes longer was not answered from memory. */
const SLOW_MS = 25;
/** So long after one the pool is asked. */
const CAREFUL_MS = 10_000;

const readInPool = promisify(system.read);
const writeInPool = promisify(system.write);
const flushInPool = promisify(system.fsync);
const openInPool = promisify(system.open);
const closeInPool = promisify(system.close);

export interface QuickOptions {
  /** Milliseconds that only ever grow; for tests. */
  readonly now?: () => number;
  /** What is asked instead where waiting is to be feared; for tests. */
  readonly pool?: FileOperations;
}

/** Throws as `pool` does. */
export function createQuickFileOperations({
  now = () => performance.now(),
  pool = systemFileOperations,
}: QuickOptions = {}): FileOperations {
  const pace = createPace(now);
  const { run } = pace;
  return {
    ...pool,
    chmod: (path, mode) =>
      run(
        () => system.chmodSync(toSystemPath(path), mode),
        () => pool.chmod(path, mode),
      ),
    lstat: (path) =>
      run(
        () => system.lstatSync(toSystemPath(path)),
        () => pool.lstat(path),
      ),
    async open(path, flags, mode) {
      const isMade = typeof flags === 'string' || (flags & system.constants.O_CREAT) !== 0;
      if (isMade) return toOpenFile(await openInPool(toSystemPath(path), flags, mode), pace);
      return run<OpenFile>(
        () => toOpenFile(system.openSync(toSystemPath(path), flags, mode), pace),
        () => pool.open(path, flags, mode),
      );
    },
    readlink: (path) =>
      run(
        () => readLinkNow(path),
        () => pool.readlink(path),
      ),
    realpath: (path) =>
      run(
        () => realPathNow(path),
        () => pool.realpath(path),
      ),
    rename: (from, to) =>
      run(
        () => system.renameSync(toSystemPath(from), toSystemPath(to)),
        () => pool.rename(from, to),
      ),
    stat: (path) =>
      run(
        () => system.statSync(toSystemPath(path)),
        () => pool.stat(path),
      ),
  };
}

interface Pace {
  run<Result>(quick: () => Result, pooled: () => Promise<Result>): Promise<Result>;
}

function createPace(now: () => number): Pace {
  let turnEnds = 0;
  let carefulUntil = Number.NEGATIVE_INFINITY;
  return {
    async run(quick, pooled) {
      if (now() < carefulUntil) return pooled();
      if (now() >= turnEnds) {
        await setImmediate();
        turnEnds = now() + TURN_MS;
      }
      const started = now();
      try {
        return quick();
      } finally {
        const ended = now();
        if (ended - started > SLOW_MS) carefulUntil = ended + CAREFUL_MS;
      }
    },
  };
}

function toOpenFile(fd: number, pace: Pace): OpenFile {
  let isOpen = true;
  const { read, write } = createTransfers(fd, pace);
  return {
    fd,
    read,
    write,
    async writeFile(content) {
      for await (const bytes of content instanceof Uint8Array ? [content] : content)
        for (let offset = 0; offset < bytes.length; ) offset += (await write(bytes, offset)).bytesWritten;
    },
    async readFile() {
      const parts: Uint8Array[] = [];
      for (let position = 0; ; ) {
        const part = new Uint8Array(SMALL);
        const { bytesRead } = await read(part, 0, part.length, position);
        if (bytesRead === 0) return Buffer.concat(parts);
        parts.push(part.subarray(0, bytesRead));
        position += bytesRead;
      }
    },
    stat: async () => system.fstatSync(fd),
    chmod: async (mode) => system.fchmodSync(fd, mode),
    chown: async (uid, gid) => system.fchownSync(fd, uid, gid),
    truncate: async (length) => system.ftruncateSync(fd, length),
    sync: () => flushInPool(fd),
    async close() {
      // A number that is closed twice may be somebody else's by then.
      if (!isOpen) return;
      isOpen = false;
      // The last to hold a file that has no name any more does away with it.
      if (system.fstatSync(fd).nlink === 0) await closeInPool(fd);
      else system.closeSync(fd);
    },
  };
}

function createTransfers(fd: number, { run }: Pace): Pick<OpenFile, 'read' | 'write'> {
  return {
    async read(bytes, offset, length, position) {
      const inPool = () => readInPool(fd, bytes, offset, length, position);
      if (length > SMALL) return inPool();
      return run<{ bytesRead: number }>(
        () => ({ bytesRead: system.readSync(fd, bytes, offset, length, position) }),
        inPool,
      );
    },
    async write(bytes, offset = 0, length = bytes.length - offset, position = null) {
      const inPool = () => writeInPool(fd, bytes, offset, length, position);
      if (length > SMALL) return inPool();
      return run<{ bytesWritten: number }>(
        () => ({ bytesWritten: system.writeSync(fd, bytes, offset, length, position) }),
        inPool,
      );
    },
  };
}
