/** Looks at folders of a MemoryFileSystem, and tells of names as they are spelled there. */
import { toSha256 } from '../../../src/core/checkpoints/sha256.ts';
import {
  isSameSeen,
  type ScanOptions,
  type SeenChange,
  type SeenState,
  type TreeScanners,
} from '../../../src/core/checkpoints/tree/treeScanner.ts';
import type { MemoryFileSystem } from './fileSystem.ts';

export function createMemoryScanners(files: MemoryFileSystem): TreeScanners {
  return {
    refuse: async () => undefined,
    open({ root }) {
      let known: ReadonlyMap<string, SeenState> | undefined;
      return {
        keepIn: () => {},
        async scan({ keep }) {
          const now = new Map<string, SeenState>();
          await readInto(now, root, { files, keep });
          const changes = known === undefined ? [] : compare(known, now);
          known = now;
          return { changes, files: now.size, unkept: [] };
        },
        pinned: async () => {},
        readGit: async () => new Map(),
        save: async () => {},
        close: async () => {},
      };
    },
  };
}

const absent: SeenState = { kind: 'absent' };

function compare(
  before: ReadonlyMap<string, SeenState>,
  after: ReadonlyMap<string, SeenState>,
): readonly SeenChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, before: before.get(path) ?? absent, after: after.get(path) ?? absent }))
    .filter((change) => !isSameSeen(change.before, change.after));
}

async function readInto(
  states: Map<string, SeenState>,
  folder: string,
  deps: Pick<ScanOptions, 'keep'> & { readonly files: MemoryFileSystem },
): Promise<void> {
  const { files, keep } = deps;
  for (const { name, kind } of await files.readDirectory(folder)) {
    const path = `${folder}/${name}`;
    const stat = await files.lstat(path);
    if (kind === 'directory') {
      states.set(path, { kind, mode: stat?.mode ?? 0 });
      await readInto(states, path, deps);
    }
    if (kind !== 'file' || stat === undefined) continue;
    const stored = await files.readFile(path);
    const sha256 = await toSha256(stored);
    await keep([{ sha256, length: stored.length, codec: 'raw', stored }]);
    const { size, mode, nlink, mtimeMs } = stat;
    states.set(path, { kind, size, mode, nlink, mtimeMs, content: { kind: 'sha256', sha256 } });
  }
}
