/** The steps of a plan while it is made: one a path. */
import { absent, type FileState, isSameState } from './fileState.ts';
import type { RewindStep } from './journalRecords.ts';
import type { PathKey } from './paths.ts';
import type { Target } from './targets.ts';

export interface StepList {
  readonly list: readonly RewindStep[];
  add(target: Target, step: Pick<RewindStep, 'from' | 'to' | 'isCurrent' | 'spelling'>): void;
  /** Folders to be made on the way. */
  addFolders(folders: readonly string[]): void;
  /** A step makes a folder of what stands there. */
  makesFolder(path: string): boolean;
}

const ORDINARY_FOLDER: FileState = { kind: 'directory', mode: 0o755 };

export function createStepList({ id, toKey }: { readonly id: string; readonly toKey: PathKey }): StepList {
  const byKey = new Map<string, RewindStep>();
  const nextDelta = (path: string): string => byKey.get(toKey(path))?.delta ?? `${id}/${byKey.size}`;
  return {
    get list() {
      return [...byKey.values()].filter(({ from, to, target }) => target !== null || !isSameState(from, to));
    },
    add({ history: { path }, to: { ref } }, step) {
      byKey.set(toKey(path), { path, delta: nextDelta(path), ...step, target: ref });
    },
    addFolders(folders) {
      for (const path of folders) {
        // One that would stay away by itself is needed all the same for what comes back in it.
        if ((byKey.get(toKey(path))?.to.kind ?? 'absent') !== 'absent') continue;
        byKey.set(toKey(path), {
          path,
          delta: nextDelta(path),
          from: absent,
          to: ORDINARY_FOLDER,
          target: null,
        });
      }
    },
    makesFolder: (path) => byKey.get(toKey(path))?.to.kind === 'directory',
  };
}
