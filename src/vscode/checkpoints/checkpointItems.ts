/**
 * The checkpoints of a session as a tree: turns, their calls, the files of these; rewinds stand among the turns. Newest first.
 * No editor in here.
 */
import { basename, dirname } from 'node:path';
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import type { StepTitles } from './stepTitles.ts';

export type Listed = ResponseOf<'belay/checkpoint_list'>['checkpoints'][number];
export type ListedChange = Listed['changes'][number];

export interface TurnItem {
  readonly kind: 'turn';
  readonly id: string;
  readonly title: string;
  readonly userMessageId: string;
  readonly calls: readonly CallItem[];
}

export interface CallItem {
  readonly kind: 'call';
  readonly id: string;
  readonly title: string;
  readonly origin: Listed['origin'];
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly files: readonly FileItem[];
}

export interface RewindItem {
  readonly kind: 'rewind';
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The next one that "redo" takes back. */
  readonly isNextRedo: boolean;
  readonly files: readonly FileItem[];
}

export interface FileItem {
  readonly kind: 'file';
  readonly id: string;
  readonly checkpointId: string;
  readonly path: string;
  readonly change: ListedChange;
  /** Of a rewind: what stands there is chosen in the entry itself. */
  readonly isOfRewind: boolean;
}

export type CheckpointItem = TurnItem | CallItem | RewindItem | FileItem;

export interface CheckpointList {
  /** Oldest first. */
  readonly checkpoints: readonly Listed[];
  readonly titles: Pick<StepTitles, 'ofPrompt' | 'ofCall'>;
}

export function toCheckpointItems({ checkpoints, titles }: CheckpointList): readonly CheckpointItem[] {
  const nextRedo = checkpoints.findLast(({ origin, redoable }) => origin === 'rewind' && redoable)?.id;
  const top: (RewindItem | { kind: 'turn'; userMessageId: string; calls: CallItem[] })[] = [];
  for (const checkpoint of checkpoints.toReversed()) {
    if (checkpoint.origin === 'rewind') {
      top.push(toRewindItem(checkpoint, { titles, isNextRedo: checkpoint.id === nextRedo }));
      continue;
    }
    const last = top.at(-1);
    const call = toCallItem(checkpoint, titles);
    if (last?.kind === 'turn' && last.userMessageId === checkpoint.user_message_id) last.calls.push(call);
    else top.push({ kind: 'turn', userMessageId: checkpoint.user_message_id, calls: [call] });
  }
  return top.map((item): CheckpointItem => (item.kind === 'rewind' ? item : toTurnItem(item, titles)));
}

function toTurnItem(
  { userMessageId, calls }: { readonly userMessageId: string; readonly calls: readonly CallItem[] },
  titles: CheckpointList['titles'],
): TurnItem {
  const title = titles.ofPrompt(userMessageId) ?? 'An earlier message';
  return { kind: 'turn', id: `turn:${userMessageId}:${calls.at(-1)?.id ?? ''}`, title, userMessageId, calls };
}

function toCallItem(checkpoint: Listed, titles: CheckpointList['titles']): CallItem {
  const { id, tool_use_id, origin, created_at } = checkpoint;
  const title = tool_use_id === null ? undefined : titles.ofCall(tool_use_id);
  return {
    kind: 'call',
    id,
    title: title ?? UNNAMED[origin],
    origin,
    at: Date.parse(created_at),
    files: toFileItems(checkpoint),
  };
}

/** What a call is called of which no more is known. */
export function nameOrigin(origin: Listed['origin']): string {
  return UNNAMED[origin];
}

const UNNAMED: Readonly<Record<Listed['origin'], string>> = {
  tool: 'A file tool',
  shell: 'A command',
  subagent: 'A subagent',
  mcp: 'An MCP server',
  rewind: 'A rewind',
};

function toRewindItem(
  checkpoint: Listed,
  { titles, isNextRedo }: { readonly titles: CheckpointList['titles']; readonly isNextRedo: boolean },
): RewindItem {
  const prompt = titles.ofPrompt(checkpoint.user_message_id);
  return {
    kind: 'rewind',
    id: checkpoint.id,
    title: prompt === undefined ? 'Rewind' : `Rewind to “${prompt}”`,
    at: Date.parse(checkpoint.created_at),
    isNextRedo,
    files: toFileItems(checkpoint),
  };
}

function toFileItems({ id, changes, origin }: Listed): readonly FileItem[] {
  return changes.map((change) => ({
    kind: 'file',
    id: toFileId(id, change.path),
    checkpointId: id,
    path: change.path,
    change,
    isOfRewind: origin === 'rewind',
  }));
}

export function toFileId(checkpointId: string, path: string): string {
  return `${checkpointId}:${path}`;
}

/** All files under an item. */
export function filesOf(item: CheckpointItem): readonly FileItem[] {
  switch (item.kind) {
    case 'turn':
      return item.calls.flatMap(({ files }) => files);
    case 'call':
    case 'rewind':
      return item.files;
    case 'file':
      return [item];
    default:
      return item satisfies never;
  }
}

export function isTakenBack(item: CheckpointItem): boolean {
  const files = filesOf(item);
  return files.length > 0 && files.every(({ change }) => change.taken_back);
}

/** Before which state a rewind from this item goes back. */
export function toTarget(item: CheckpointItem): RewindTarget {
  switch (item.kind) {
    case 'turn': {
      const first = item.calls.at(-1);
      return first === undefined ? { user_message_id: item.userMessageId } : { checkpoint_id: first.id };
    }
    case 'call':
    case 'rewind':
      return { checkpoint_id: item.id };
    case 'file':
      return { checkpoint_id: item.checkpointId, paths: [item.path] };
    default:
      return item satisfies never;
  }
}

/** "3 files, +10 −2" */
export function describeItem(item: CheckpointItem): string {
  const files = filesOf(item);
  const back = isTakenBack(item) && item.kind !== 'rewind' ? 'taken back' : '';
  if (item.kind === 'file') {
    return [item.change.change, toCounts([item]), back, toFolder(item.path)].filter(Boolean).join(' · ');
  }
  const count = new Set(files.map(({ path }) => path)).size;
  return [count === 1 ? '1 file' : `${count} files`, toCounts(files), back].filter(Boolean).join(' · ');
}

function toCounts(files: readonly FileItem[]): string {
  const sum = (field: 'insertions' | 'deletions'): number =>
    files.reduce((total, { change }) => total + change[field], 0);
  const [added, removed] = [sum('insertions'), sum('deletions')];
  return added + removed === 0 ? '' : `+${added} −${removed}`;
}

function toFolder(path: string): string {
  return basename(dirname(path));
}
