/**
 * Looks at every file that a rewind or a redo would move, and says what would become of each. Changes nothing but the store:
 * with `save`, the contents that are about to be overwritten are put there.
 */
import { FileError, type FileSystem } from '../ports.ts';
import { BlobError, type BlobStore } from './blobStore.ts';
import { type Capture, captureFile, findMissingParents, hasRealParents, saveContent } from './captureFile.ts';
import type { RewindMode } from './checkpoints.ts';
import { type Decision, decideStep, reasons } from './decideStep.ts';
import { absent, type FileState, isSameState } from './fileState.ts';
import type { RewindFile, RewindStep } from './journalRecords.ts';
import { countLines } from './lineCounts.ts';
import type { PathKey } from './paths.ts';
import { isFileTarget, type Target } from './targets.ts';

export interface RewindPlan {
  readonly steps: readonly RewindStep[];
  /** What to tell of each file, in the order of their paths. Folders are not told of. */
  readonly files: readonly RewindFile[];
}

export interface PlanOptions {
  readonly id: string;
  readonly mode: RewindMode;
  readonly save: boolean;
  readonly files: FileSystem;
  readonly blobs: BlobStore;
  readonly toKey: PathKey;
}

export async function planRewind(targets: readonly Target[], options: PlanOptions): Promise<RewindPlan> {
  const steps = createStepList(options);
  const files: RewindFile[] = [];
  for (const target of targets.filter(isFileTarget).toSorted(byPath)) {
    const { file, step } = await planFile(target, options);
    files.push(file);
    if (step === undefined) continue;
    steps.add(step.from, { target, to: step.to });
    if (step.to.kind !== 'absent') steps.addFolders(await findMissingParents(options.files, file.path));
  }
  for (const target of targets) {
    if (!isFileTarget(target)) await planFolder(target, { options, steps });
  }
  return { steps: steps.list, files };
}

interface PlannedFile {
  readonly file: RewindFile;
  readonly step: { readonly from: FileState; readonly to: FileState } | undefined;
}

async function planFile(target: Target, options: PlanOptions): Promise<PlannedFile> {
  const { path } = target.history;
  const capture = await lookAt(path, options.files);
  if ('outcome' in capture) return leave(path, capture.outcome, capture.reason);
  try {
    return await planCaptured(target, capture, options);
  } catch (error) {
    if (error instanceof BlobError) return leave(path, 'skipped', reasons.damaged);
    throw error;
  }
}

type Refusal = { readonly outcome: 'skipped' | 'conflicted'; readonly reason: string };

async function lookAt(path: string, files: FileSystem): Promise<Capture | Refusal> {
  try {
    if (await hasRealParents(files, path)) return await captureFile(files, path);
    return { outcome: 'conflicted', reason: reasons.linkedParent };
  } catch (error) {
    if (error instanceof FileError) return { outcome: 'skipped', reason: error.message };
    throw error;
  }
}

async function planCaptured(target: Target, capture: Capture, options: PlanOptions): Promise<PlannedFile> {
  const { path, current } = target.history;
  const decision = decideStep({
    current: current.state,
    disk: capture.state,
    target: target.to.state,
    undone: target.undone,
    isUnsaved: await options.files.hasUnsavedChanges(path),
    mode: options.mode,
  });
  return carryOut(decision, { path, capture, options });
}

interface Decided {
  readonly path: string;
  readonly capture: Capture;
  readonly options: PlanOptions;
}

async function carryOut(decision: Decision, { path, capture, options }: Decided): Promise<PlannedFile> {
  const from = capture.state;
  switch (decision.kind) {
    case 'conflict':
      return leave(path, 'conflicted', decision.reason);
    case 'unchanged':
      return { ...leave(path, 'unchanged'), step: { from, to: from } };
    case 'restore': {
      const { to, note } = decision;
      const wanted = to.kind === 'file' ? await options.blobs.get(to.sha256) : undefined;
      if (options.save) await saveContent(capture, options.blobs);
      const counts = countLines(capture.bytes, wanted);
      const reason = note === undefined ? {} : { reason: note };
      return { file: { path, outcome: 'restored', ...reason, ...counts }, step: { from, to } };
    }
  }
}

/** A folder the agent made goes when it is empty then, and comes again with what was in it. */
async function planFolder(
  target: Target,
  { options, steps }: { readonly options: PlanOptions; readonly steps: StepList },
): Promise<void> {
  const { path } = target.history;
  const to = target.to.state;
  const capture = await lookAt(path, options.files);
  if ('outcome' in capture) return;
  const from = capture.state;
  if (from.kind !== 'directory' && from.kind !== 'absent') return;
  steps.add(from, { target, to: from.kind === to.kind ? from : to });
}

function leave(path: string, outcome: RewindFile['outcome'], reason?: string): PlannedFile {
  const told = reason === undefined ? {} : { reason };
  return { file: { path, outcome, ...told, insertions: 0, deletions: 0 }, step: undefined };
}

interface StepList {
  readonly list: readonly RewindStep[];
  add(from: FileState, aim: { readonly target: Target; readonly to: FileState }): void;
  /** Folders to be made on the way. */
  addFolders(folders: readonly string[]): void;
}

const ORDINARY_FOLDER: FileState = { kind: 'directory', mode: 0o755 };

function createStepList({ id, toKey }: PlanOptions): StepList {
  const byKey = new Map<string, RewindStep>();
  const nextDelta = (path: string): string => byKey.get(toKey(path))?.delta ?? `${id}/${byKey.size}`;
  return {
    get list() {
      return [...byKey.values()].filter(({ from, to, target }) => target !== null || !isSameState(from, to));
    },
    add(from, { target, to }) {
      const { path } = target.history;
      byKey.set(toKey(path), { path, delta: nextDelta(path), from, to, target: target.to.ref });
    },
    addFolders(folders) {
      for (const path of folders) {
        if (byKey.has(toKey(path))) continue;
        byKey.set(toKey(path), {
          path,
          delta: nextDelta(path),
          from: absent,
          to: ORDINARY_FOLDER,
          target: null,
        });
      }
    },
  };
}

function byPath(left: Target, right: Target): number {
  return left.history.path < right.history.path ? -1 : 1;
}
