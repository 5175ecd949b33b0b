/** What was recorded of the agent's changes, and what a rewind did. */
import * as z from 'zod';

const outcome = z.enum(['restored', 'unchanged', 'skipped', 'conflicted']);
const fileOutcome = z.looseObject({
  path: z.string(),
  outcome,
  /** Why it was skipped or conflicted; absent otherwise. */
  reason: z.string().optional(),
  insertions: z.number(),
  deletions: z.number(),
  /** Of what is, or would be, restored: what becomes of what stands there now. */
  change: z.enum(['created', 'modified', 'deleted']).optional(),
});
/** What a rewind did, or with `dry_run` would do. `outcome: restored` then means "would be restored". */
export const rewindAnswer = z.looseObject({
  canRewind: z.boolean(),
  error: z.string().optional(),
  filesChanged: z.array(z.string()).optional(),
  insertions: z.number().optional(),
  deletions: z.number().optional(),
  /** Belay */
  files: z.array(fileOutcome).optional(),
  /** Belay: folders that come, go or get their mode back, or that would have to. */
  folders: z.array(fileOutcome.omit({ insertions: true, deletions: true })).optional(),
  /** Belay: a redo of this rewind is possible. */
  canRedo: z.boolean().optional(),
});
export type RewindAnswer = z.infer<typeof rewindAnswer>;

export const checkpoint = z.looseObject({
  id: z.string(),
  user_message_id: z.string(),
  tool_use_id: z.string().nullable(),
  created_at: z.string(),
  files: z.array(z.string()),
  origin: z.enum(['tool', 'shell', 'subagent', 'mcp', 'rewind']),
  changes: z.array(
    z.looseObject({
      path: z.string(),
      change: z.enum(['created', 'modified', 'deleted']),
      insertions: z.number(),
      deletions: z.number(),
      /** The change is no part of what stands there (any more). */
      taken_back: z.boolean(),
    }),
  ),
  /** All of them are taken back. */
  taken_back: z.boolean(),
  /** Of a rewind: `redo` will come to it. */
  redoable: z.boolean(),
  /** Of a rewind: it took another one back. */
  is_redo: z.boolean(),
});

/** A change of a file by another session. */
export const otherChange = z.looseObject({
  session_id: z.string(),
  checkpoint_id: z.string(),
  user_message_id: z.string(),
  tool_use_id: z.string().nullable(),
  created_at: z.string(),
  origin: checkpoint.shape.origin,
  change: z.enum(['created', 'modified', 'deleted']),
  insertions: z.number(),
  deletions: z.number(),
});

/** One of them: a user message, a tool call, or a checkpoint. The first that is given of checkpoint, call and message counts. */
const rewindPoint = {
  user_message_id: z.string().optional(),
  tool_use_id: z.string().optional(),
  checkpoint_id: z.string().optional(),
};

export const rewindRequest = z.looseObject({
  ...rewindPoint,
  dry_run: z.boolean().optional(),
  /** Belay: only these files and what lies in these folders (absolute). */
  paths: z.array(z.string()).optional(),
  /** Belay: other files (absolute) that go back to points of their own, in the same rewind. */
  further: z.array(z.looseObject({ ...rewindPoint, paths: z.array(z.string()) })).optional(),
  /** Belay: only these changes, by the ids of `belay/checkpoint_diff`, and no other file. */
  hunks: z.array(z.looseObject({ path: z.string(), id: z.string() })).optional(),
  /** Belay: what to do where what somebody else changed can't be merged. Default `merge`: leave the file and report it. */
  mode: z.enum(['merge', 'overwrite']).optional(),
  /** Belay: by path (absolute): leave the file as it is, or take it back whatever somebody else has changed. */
  resolutions: z.record(z.string(), z.enum(['keep', 'take'])).optional(),
  /** Belay: take the last rewind back; no point is needed then. */
  redo: z.boolean().optional(),
});
export type RewindRequest = z.infer<typeof rewindRequest>;

/** `since`: what a rewind to the point would take back. `alone`: what the call, the turn or the rewind itself did. */
export const diffRequest = z.looseObject({
  ...rewindPoint,
  /** The checkpoint is one of this other session of the workspace (`belay/file_history`). */
  session_id: z.string().optional(),
  path: z.string(),
  scope: z.enum(['since', 'alone']).optional(),
});

/** null: absent, binary, or not kept. */
export const fileDiff = z.looseObject({
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** There is, or was, something that is no text, or no copy of it is kept. */
  binary: z.boolean(),
  /** Of files with the same content it is the same; null: not there. */
  before_id: z.string().nullable().optional(),
  after_id: z.string().nullable().optional(),
  /** The changes of a text that was there before and is after. Lines are counted from 1, as in a unified diff. */
  hunks: z.array(
    z.looseObject({
      id: z.string(),
      old_start: z.number(),
      old_lines: z.number(),
      new_start: z.number(),
      new_lines: z.number(),
      /** Each with "-" or "+" before it, and without its line end. */
      lines: z.array(z.string()),
    }),
  ),
});

export const conflictRequest = z.looseObject({ ...rewindPoint, path: z.string() });

/** null: absent, binary, or not kept. */
export const fileConflict = z.looseObject({
  /** What the agent left. */
  base: z.string().nullable(),
  /** What stands there now. */
  mine: z.string().nullable(),
  /** What the rewind would put there. */
  theirs: z.string().nullable(),
  /** Both in one text, with conflict markers where they touch the same lines. */
  merged: z.string().nullable(),
});

/** What the rewind dialog is about: a point and, where not all, the files (absolute). */
export const rewindTarget = z.looseObject({
  user_message_id: rewindPoint.user_message_id,
  checkpoint_id: rewindPoint.checkpoint_id,
  paths: z.array(z.string()).readonly().optional(),
});
export interface RewindTarget {
  readonly user_message_id?: string | undefined;
  readonly checkpoint_id?: string | undefined;
  readonly paths?: readonly string[] | undefined;
}
