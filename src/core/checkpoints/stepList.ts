/** The steps of a plan while it is made: one a path. */
import { absent, type FileState, isSameState } from './fileState.ts';
import type { RewindStep } from './journalRecords.ts';
import type { PathKey } from './paths.ts';
import type { Target } from './targets.ts';

export interface StepList {
  readonly list: readonly RewindStep[];
  add(target: Target, step: Pick<RewindStep, 'from' | 'to' | 'isCurrent' | 'spelling'>): void;
  /** Of a folder without a step of its own: where it has to be made on the way, it is made as it is to be. */
  want(target: Target): void;
  /** Folders to be made on the way. */
  addFolders(folders: readonly string[]): void;
  /** A step takes away what stands there, or makes a folder of it. */
  makesRoom(path: string): boolean;
  /** A step puts something there that is no folder. */
  fills(path: string): boolean;
}

const ORDINARY_FOLDER: FileState = { kind: 'directory', mode: 0o755 };

export function createStepList({ id, toKey }: { readonly id: string; readonly toKey: PathKey }): StepList {
  const byKey = new Map<string, RewindStep>();
  const wanted = new Map<string, Target['to']>();
  const nextDelta = (path: string): string => byKey.get(toKey(path))?.delta ?? `${id}/${byKey.size}`;
  return {
    get list() {
      return [...byKey.values()].filter(({ from, to, target }) => target !== null || !isSameState(from, to));
    },
    add({ history: { path }, to: { ref } }, step) {
      byKey.set(toKey(path), { path, delta: nextDelta(path), ...step, target: ref });
    },
    want({ history: { path }, to }) {
      if (to.state.kind === 'directory') wanted.set(toKey(path), to);
    },
    addFolders(folders) {
      for (const path of folders) {
        const key = toKey(path);
        const known = byKey.get(key);
        // One that would stay away by itself is needed all the same for what comes back in it.
        if (known !== undefined && known.to.kind !== 'absent') continue;
        // In the place of something that leaves it is no work of the agent's, as what it left room for.
        const place = known === undefined || known.from.kind === 'absent' ? null : known.target;
        const { state: to, ref: target } = wanted.get(key) ?? { state: ORDINARY_FOLDER, ref: place };
        byKey.set(key, { from: absent, ...known, path, delta: nextDelta(path), to, target });
      }
    },
    makesRoom: (path) => {
      const to = byKey.get(toKey(path))?.to.kind;
      return to === 'directory' || to === 'absent';
    },
    fills: (path) => {
      const to = byKey.get(toKey(path))?.to.kind;
      return to === 'file' || to === 'symlink';
    },
  };
}
