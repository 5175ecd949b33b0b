/** What the thread that asks and the threads that look at a tree say to each other. Of one process: nothing is validated. */
import type { EncodedContent, SeenChange } from '../../core/checkpoints/tree/treeScanner.ts';
import type { FolderPlace } from './folder.ts';
import type { Repository } from './repository.ts';

export interface TreeWorkerData {
  readonly root: string;
  readonly except: readonly string[];
}

export type TreeTask =
  | { readonly kind: 'repository'; readonly repository: Repository }
  /**
   * Takes up what was saved; first of all that looks at anything. Answers when that was, and the folders. `saved`: where what is known is
   * saved, absolute. `kept`: contents that needn't be handed out.
   */
  | { readonly kind: 'restore'; readonly saved: string; readonly kept: readonly string[] }
  /** Forgets what was taken up. */
  | { readonly kind: 'clear' }
  | { readonly kind: 'adopt'; readonly places: readonly FolderPlace[]; readonly isBaseline: boolean }
  | { readonly kind: 'check' }
  /** These folders can't be got to any more. Answers what is gone with them. */
  | { readonly kind: 'forget'; readonly paths: readonly string[] }
  /** Behind the last 'adopt' of a first scan. */
  | { readonly kind: 'settle' }
  /** `moment`: the same for all threads, so that it is seen when they don't belong together. */
  | { readonly kind: 'save'; readonly moment: string };

export type ToTreeWorker = ({ readonly id: number } & TreeTask) | { readonly kind: 'taken' };

export interface TaskDone {
  readonly kind: 'done';
  readonly id: number;
  readonly changes: readonly SeenChange[];
  readonly found: readonly FolderPlace[];
  /** Folders that are looked at no longer; not after 'forget'. */
  readonly forgotten: readonly string[];
  /** Folders that hold a repository of their own; they are not looked at until they are given out again. */
  readonly repositories: readonly string[];
  /** All that are looked at; only after 'restore'. */
  readonly folders: readonly FolderPlace[];
  /** When what was taken up was saved; only after 'restore', and where something was. */
  readonly moment?: string | undefined;
  readonly files: number;
  readonly unkept: readonly string[];
}

export type FromTreeWorker =
  | TaskDone
  | { readonly kind: 'contents'; readonly contents: PackedContents }
  | { readonly kind: 'progress'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** Contents with what is to be stored of them in one piece, which is handed over without a copy. */
export interface PackedContents {
  readonly contents: readonly (Omit<EncodedContent, 'stored'> & { readonly storedLength: number })[];
  /** One behind the other. */
  readonly stored: Uint8Array<ArrayBuffer>;
}

export function packContents(contents: readonly EncodedContent[]): PackedContents {
  const size = contents.reduce((sum, { stored }) => sum + stored.length, 0);
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const { stored } of contents) {
    whole.set(stored, offset);
    offset += stored.length;
  }
  const told = contents.map(({ stored, ...content }) => ({ ...content, storedLength: stored.length }));
  return { contents: told, stored: whole };
}

export function unpackContents({ contents, stored }: PackedContents): readonly EncodedContent[] {
  let offset = 0;
  return contents.map(({ storedLength, ...content }) => {
    const start = offset;
    offset += storedLength;
    return { ...content, stored: stored.subarray(start, offset) };
  });
}
