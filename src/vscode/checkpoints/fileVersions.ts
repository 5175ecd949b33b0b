/** The versions that were made of one file, and what brings each back. No editor in here. */
import type { RewindTarget } from '../../protocol/checkpoints.ts';
import type { ResponseOf } from '../../protocol/control.ts';
import { type CheckpointList, type Listed, nameOrigin, toCheckpointItems } from './checkpointItems.ts';

export interface FileVersion {
  /** The checkpoint that made it; null: what stood there before all of them. */
  readonly checkpointId: string | null;
  readonly title: string;
  /** The first words of the message in whose turn it was made. */
  readonly prompt: string;
  /** "modified · +3 −1" */
  readonly description: string;
  /** Milliseconds since 1970; null: before the session. */
  readonly at: number | null;
  /** What brings it back; null: nothing does, or it is the newest. `text`: to put it into the editor, as it was then. */
  readonly restore: RewindTarget | 'text' | null;
  /** The other session that made it. */
  readonly sessionId?: string;
}

/** Newest first, with what was there before last; empty: the session didn't change the file. */
export function toFileVersions(
  list: CheckpointList,
  isSame: (path: string) => boolean,
): readonly FileVersion[] {
  const touching = list.checkpoints.flatMap((checkpoint) => {
    const change = checkpoint.changes.find(({ path }) => isSame(path));
    return change === undefined ? [] : [{ checkpoint, change }];
  });
  if (touching.length === 0) return [];
  const names = toNames(list);
  const versions = touching.map(({ checkpoint, change }, index): FileVersion => {
    const { title, prompt } = names(checkpoint);
    const back = change.taken_back && checkpoint.origin !== 'rewind' ? ' · taken back' : '';
    return {
      checkpointId: checkpoint.id,
      title,
      prompt,
      description: `${change.change} · +${change.insertions} −${change.deletions}${back}`,
      at: Date.parse(checkpoint.created_at),
      restore: toRestore(touching[index + 1]),
    };
  });
  const original: FileVersion = {
    checkpointId: null,
    title: touching[0]?.change.change === 'created' ? 'Before: no such file' : 'Before Belay changed it',
    prompt: '',
    description: '',
    at: null,
    restore: toRestore(touching[0]),
  };
  return [...versions.toReversed(), original];
}

/** Of other sessions, newest first. */
export function toOtherVersions(
  changes: ResponseOf<'belay/file_history'>['changes'],
): readonly FileVersion[] {
  return changes.toReversed().map(
    (one): FileVersion => ({
      checkpointId: one.checkpoint_id,
      title: nameOrigin(one.origin),
      prompt: '',
      description: `${one.change} · +${one.insertions} −${one.deletions}`,
      at: Date.parse(one.created_at),
      restore: one.change === 'deleted' ? null : 'text',
      sessionId: one.session_id,
    }),
  );
}

interface Touching {
  readonly checkpoint: Listed;
  readonly change: Listed['changes'][number];
}

/** A version lasts until the next change of the file: just before that one it is there. */
function toRestore(next: Touching | undefined): RewindTarget | null {
  return next === undefined ? null : { checkpoint_id: next.checkpoint.id, paths: [next.change.path] };
}

function toNames(
  list: CheckpointList,
): (checkpoint: Listed) => { readonly title: string; readonly prompt: string } {
  const titles = new Map<string, string>();
  for (const item of toCheckpointItems(list)) {
    if (item.kind === 'rewind') titles.set(item.id, item.title);
    if (item.kind === 'turn') for (const call of item.calls) titles.set(call.id, call.title);
  }
  return ({ id, user_message_id }) => ({
    title: titles.get(id) ?? '',
    prompt: list.titles.ofPrompt(user_message_id) ?? '',
  });
}
