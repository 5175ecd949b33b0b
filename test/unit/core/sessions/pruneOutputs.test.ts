import { describe, expect, it } from 'vitest';
import type { Log, Storage } from '../../../../src/core/ports.ts';
import { pruneOutputs } from '../../../../src/core/sessions/pruneOutputs.ts';
import { MemoryStorage } from '../../../support/memory/storage.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = 1000 * DAY;

/** Days since the outputs of a session were written: of the folder, and of a file in it. */
interface Ages {
  readonly folder: number;
  readonly file?: number;
}

function createWorld(sessions: Readonly<Record<string, Ages>>, changes: Partial<Storage> = {}) {
  const memory = new MemoryStorage();
  for (const name of Object.keys(sessions)) memory.poke(['output', name, 'shell-1.txt'], new Uint8Array(1));
  const storage: Storage = {
    openAppend: (path) => memory.openAppend(path),
    readFile: (path) => memory.readFile(path),
    writeFile: (path, bytes) => memory.writeFile(path, bytes),
    remove: (path) => memory.remove(path),
    removeFolder: (path) => memory.removeFolder(path),
    locate: (path) => memory.locate(path),
    lock: (path) => memory.lock(path),
    async list(path) {
      const ageOf = (name: string): number => {
        const { folder, file = folder } = sessions[path[1] ?? name] ?? { folder: 0 };
        return path.length === 1 ? folder : file;
      };
      return (await memory.list(path)).map((entry) => ({ ...entry, mtimeMs: NOW - ageOf(entry.name) * DAY }));
    },
    ...changes,
  };
  const warnings: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void warnings.push(message),
    error: () => undefined,
  };
  return {
    warnings,
    prune: (listAllIds: () => Promise<ReadonlySet<string>>) =>
      pruneOutputs({
        storage,
        transcripts: { listAllIds },
        clock: { now: () => NOW },
        log,
        sessionId: 'own',
      }),
    left: () => memory.paths().map(([, name]) => name),
  };
}

describe('old outputs', () => {
  it('go when the session has no transcript any more', async () => {
    const { prune, left } = createWorld({ gone: { folder: 2 }, kept: { folder: 2 }, fresh: { folder: 0.5 } });
    await prune(async () => new Set(['kept']));
    expect(left()).toEqual(['fresh', 'kept']);
  });

  it('go when nobody has written them for 30 days', async () => {
    const { prune, left } = createWorld({
      old: { folder: 31 },
      growing: { folder: 31, file: 3 },
      recent: { folder: 29 },
    });
    await prune(async () => new Set(['old', 'growing', 'recent']));
    expect(left()).toEqual(['growing', 'recent']);
  });

  it('stay in the session that is being opened', async () => {
    const { prune, left } = createWorld({ own: { folder: 90 }, other: { folder: 90 } });
    await prune(async () => new Set());
    expect(left()).toEqual(['own']);
  });

  it('stay when it can not be told which sessions there are', async () => {
    const { prune, left, warnings } = createWorld({ one: { folder: 90 } });
    await prune(() => Promise.reject(new Error('EACCES')));
    expect(left()).toEqual(['one']);
    expect(warnings).toHaveLength(1);
  });

  it('go one by one: what can not be removed keeps no other', async () => {
    const tried: string[] = [];
    const { prune, warnings } = createWorld(
      { one: { folder: 90 }, two: { folder: 90 } },
      {
        removeFolder: async ([, name = '']) => {
          tried.push(name);
          throw new Error('EBUSY');
        },
      },
    );
    await prune(async () => new Set());
    expect(tried).toEqual(['one', 'two']);
    expect(warnings).toHaveLength(2);
  });
});
