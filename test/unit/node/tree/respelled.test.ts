// Where case doesn't count, the old spelling of a folder still leads there: the system doesn't say that it is gone.

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createPathKey } from '../../../../src/core/checkpoints/paths.ts';
import type { SeenChange, SeenState } from '../../../../src/core/checkpoints/tree/treeScanner.ts';
import type { TaskDone, TreeTask } from '../../../../src/node/tree/treeMessages.ts';
import { createScanners, type StartThread } from '../../../../src/node/tree/treeScanner.ts';

const absent: SeenState = { kind: 'absent' };
const folder: SeenState = { kind: 'directory', mode: 0o755 };
const link: SeenState = { kind: 'symlink', target: 'x' };

const at = (path: string) => ({ path, repository: null });
const gone = (path: string, before: SeenState): SeenChange => ({ path, before, after: absent });
const come = (path: string, after: SeenState): SeenChange => ({ path, before: absent, after });

/** Threads that look at /r with the folders Src and Src/In, which is spelled src from the second look on. */
function createThreads(asked: TreeTask[]): StartThread {
  const answer = (task: TreeTask): Partial<TaskDone> => {
    switch (task.kind) {
      case 'adopt': {
        const first = task.places[0]?.path ?? '';
        if (first === '/r') return { found: [at('/r/Src')] };
        if (first.endsWith('rc'))
          return { found: [at(`${first}/In`)], changes: task.isBaseline ? [] : [come(first, folder)] };
        return { changes: task.isBaseline ? [] : [come(first, folder), come(`${first}/l`, link)] };
      }
      case 'forget':
        return {
          changes: task.paths.flatMap((path) => [
            gone(path, folder),
            ...(path.endsWith('In') ? [gone(`${path}/l`, link)] : []),
          ]),
        };
      default:
        return {};
    }
  };
  let threads = 0;
  return () => {
    threads += 1;
    const isFirst = threads === 1;
    const events = new EventEmitter();
    const empty = {
      changes: [],
      found: [],
      forgotten: [],
      repositories: [],
      folders: [],
      unkept: [],
      files: 0,
    };
    return {
      on: (event: string, listener: (value: never) => void) => events.on(event, listener as () => void),
      postMessage(message) {
        if (message.kind === 'taken') return;
        const { id, ...task } = message;
        if (task.kind === 'adopt' || task.kind === 'forget') asked.push(task);
        const listed = task.kind === 'check' && isFirst ? { found: [at('/r/src')] } : answer(task);
        queueMicrotask(() => void events.emit('message', { ...empty, ...listed, kind: 'done', id }));
      },
      ref: () => undefined,
      unref: () => undefined,
      terminate: async () => undefined,
    };
  };
}

test.each([
  { where: 'does not count', caseInsensitive: true, isForgotten: true },
  { where: 'counts', caseInsensitive: false, isForgotten: false },
])(
  'a folder that is found under another spelling is looked at under that alone where case $where',
  async ({ caseInsensitive, isForgotten }) => {
    const asked: TreeTask[] = [];
    const toKey = createPathKey({ caseInsensitive });
    const scanner = createScanners(createThreads(asked)).open({
      root: '/r',
      except: [],
      trusted: false,
      toKey,
    });
    scanner.keepIn({ storage: '/storage', kept: new Set() });
    const options = { keep: async () => {} };
    await scanner.scan(options);
    asked.length = 0;
    const { changes } = await scanner.scan(options);
    const left = [gone('/r/Src', folder), gone('/r/Src/In', folder), gone('/r/Src/In/l', link)];
    const found = [come('/r/src', folder), come('/r/src/In', folder), come('/r/src/In/l', link)];
    const byPath = (one: SeenChange, other: SeenChange) => (one.path < other.path ? -1 : 1);
    expect(changes.toSorted(byPath)).toEqual([...(isForgotten ? left : []), ...found]);
    const forgotten = asked.flatMap((task) => (task.kind === 'forget' ? task.paths : []));
    expect(forgotten.toSorted()).toEqual(isForgotten ? ['/r/Src', '/r/Src/In'] : []);
    await scanner.close();
  },
);
