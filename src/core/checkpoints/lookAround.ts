/** Looks at what a plan is about, each folder on the way once. */
import { type Clock, FileError, type FileStat, type FileSystem } from '../ports.ts';
import type { BlobStore } from './blobStore.ts';
import { type Capture, captureFile } from './captureFile.ts';
import { reasons } from './decideStep.ts';
import { absent } from './fileState.ts';
import { parentOf } from './paths.ts';
import type { SeenFiles } from './seenFiles.ts';

/** It is left as it is. */
export interface Refusal {
  readonly outcome: 'skipped' | 'conflicted';
  readonly reason: string;
}

export interface Look {
  readonly capture: Capture;
  /** As it was just before it was read; undefined: it wasn't there, or an editor has it. */
  readonly stat: FileStat | undefined;
  /** Folders on the way that aren't there, or in whose place something else stands, outermost first. */
  readonly missing: readonly string[];
  /** What stands where one of these has to be is a file, and stays: nothing can be made below it. */
  readonly isBlocked: boolean;
}

export interface LookAround {
  /** `makesRoom`: what stands there now will be a folder, or gone, when this path has its turn. */
  at(path: string, makesRoom: (path: string) => boolean): Promise<Look | Refusal>;
}

interface Way {
  readonly missing: readonly string[];
  /** What stands where a folder of the way would have to be. */
  readonly blocked: { readonly path: string; readonly isLink: boolean } | undefined;
}

export interface LookDeps {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly seen: SeenFiles;
  readonly blobs: Pick<BlobStore, 'nameOf'>;
}

export function createLookAround(deps: LookDeps): LookAround {
  const ways = new Map<string, Promise<Way>>();
  const wayTo = (folder: string): Promise<Way> => {
    const known = ways.get(folder) ?? findWay(folder, deps.files, wayTo);
    ways.set(folder, known);
    return known;
  };
  return {
    async at(path, makesRoom) {
      try {
        const { missing, blocked } = await wayTo(parentOf(path));
        if (blocked === undefined) return { ...(await capture(path, deps)), missing, isBlocked: false };
        const isBlocked = !makesRoom(blocked.path);
        if (isBlocked && blocked.isLink) return { outcome: 'conflicted', reason: reasons.linkedParent };
        const nothing = { capture: { state: absent, bytes: undefined }, stat: undefined };
        return { ...nothing, missing: [blocked.path, ...missing], isBlocked };
      } catch (error) {
        if (error instanceof FileError) return { outcome: 'skipped', reason: error.message };
        throw error;
      }
    },
  };
}

/** From the outside in: what lies behind a link or a file is not looked at. */
async function findWay(
  folder: string,
  files: FileSystem,
  wayTo: (folder: string) => Promise<Way>,
): Promise<Way> {
  const parent = parentOf(folder);
  if (parent === folder) return { missing: [], blocked: undefined };
  const { missing, blocked } = await wayTo(parent);
  if (blocked !== undefined) return { missing: [...missing, folder], blocked };
  const stat = await files.lstat(folder);
  if (stat === undefined) return { missing: [...missing, folder], blocked };
  if (stat.kind === 'directory') return { missing, blocked };
  return { missing, blocked: { path: folder, isLink: stat.kind === 'symlink' } };
}

async function capture(
  path: string,
  { files, clock, seen, blobs }: LookDeps,
): Promise<Pick<Look, 'capture' | 'stat'>> {
  const stat = await files.lstat(path);
  if (stat?.kind !== 'file') return { capture: await captureFile(files, path, { stat }), stat };
  const at = clock.now();
  const captured = await captureFile(files, path, { stat, nameOf: (bytes) => blobs.nameOf(bytes) });
  if (await files.hasUnsavedChanges(path)) return { capture: captured, stat: undefined };
  seen.noteFile(path, { stat, at });
  return { capture: captured, stat };
}
