/**
 * The records of the journal. Each is one JSON object with a `kind`; readers skip kinds they don't know and ignore fields
 * they don't know, so that both can be added. A change of the meaning of what is here needs a new file name.
 *
 * A delta is named `<checkpoint or rewind id>/<n>`, and a position in the history of a path by a delta and a side: `-` is
 * the state before it, `+` the one after (`4f…/0-`).
 */
import * as z from 'zod';
import { fileState, isSameState } from './fileState.ts';

const changeOrigin = z.enum(['tool', 'shell', 'subagent', 'mcp', 'rewind']);
/** `user`: seen to be the user's own. `unknown`: a crash left open whose it was. */
const deltaOrigin = z.enum(['tool', 'shell', 'subagent', 'mcp', 'user', 'unknown']);
const change = z.object({
  path: z.string(),
  change: z.enum(['created', 'modified', 'deleted']),
  insertions: z.number(),
  deletions: z.number(),
});
const outcome = z.enum(['restored', 'unchanged', 'skipped', 'conflicted']);

const rewindStep = z.object({
  path: z.string(),
  delta: z.string(),
  /** What stood there, saved in the store before. */
  from: fileState,
  /** What is to stand there. Equal to `from`: nothing to do but to take note. */
  to: fileState,
  /** The position in the history of the path that this leads to; null: a new one (a folder on the way, a part taken back). */
  target: z.string().nullable(),
  /** `from` is what the agent left, though only now with its content. */
  isCurrent: z.boolean().optional(),
  /** The name it is to have, where that is another spelling of the one in `path`. */
  spelling: z.string().optional(),
});
export type RewindStep = z.infer<typeof rewindStep>;

/** The disk is another one when the step is taken. */
export function isChanging({ from, to, spelling }: Pick<RewindStep, 'from' | 'to' | 'spelling'>): boolean {
  return spelling !== undefined || !isSameState(from, to);
}

/** What is told of a file that takes no step, or beyond its step. */
const rewindFile = z.object({
  path: z.string(),
  outcome,
  reason: z.string().optional(),
  insertions: z.number(),
  deletions: z.number(),
  /** Of what is restored. */
  change: z.enum(['created', 'modified', 'deleted']).optional(),
});
export type RewindFile = z.infer<typeof rewindFile>;

/** A folder that is made writable while the rewind runs, and its mode for the end. */
const unlockedFolder = z.object({ path: z.string(), mode: z.number() });
export type UnlockedFolder = z.infer<typeof unlockedFolder>;

const stepOutcome = z.object({
  path: z.string(),
  outcome,
  reason: z.string().optional(),
  /** What stands there now, where it isn't what the step wanted (something ran on save). */
  after: fileState.optional(),
});
export type StepOutcome = z.infer<typeof stepOutcome>;

export const journalRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('session'),
    version: z.literal(1),
    sessionId: z.string(),
    roots: z.array(z.string()).readonly(),
    openedAt: z.number(),
  }),
  z.object({ kind: z.literal('message'), userMessageId: z.string() }),
  z.object({
    kind: z.literal('checkpoint'),
    id: z.string(),
    userMessageId: z.string(),
    toolUseId: z.string().nullable(),
    createdAt: z.number(),
    origin: changeOrigin,
  }),
  /** Written ahead: the path is about to be written. */
  z.object({
    kind: z.literal('before'),
    checkpoint: z.string(),
    path: z.string(),
    state: fileState,
    /** Folders on the way that weren't there, outermost first. */
    missing: z.array(z.string()).readonly(),
    /** sha-256 of what is about to be written; null: not known. */
    intended: z.string().nullable(),
  }),
  /** The write that was announced changed nothing. */
  z.object({ kind: z.literal('unchanged'), checkpoint: z.string(), path: z.string() }),
  z.object({
    kind: z.literal('delta'),
    id: z.string(),
    checkpoint: z.string(),
    path: z.string(),
    before: fileState,
    after: fileState,
    origin: deltaOrigin,
    /** How `path` was spelled before, where case doesn't count and this change has changed that. */
    was: z.string().optional(),
  }),
  /** Written ahead: something runs that may change any file without saying so. */
  z.object({ kind: z.literal('watch'), checkpoint: z.string() }),
  /** It has ended, and what it changed is recorded. */
  z.object({ kind: z.literal('watch-end'), checkpoint: z.string() }),
  z.object({ kind: z.literal('checkpoint-end'), id: z.string(), files: z.array(change).readonly() }),
  /** Written ahead, with every current content saved: from here on a rewind is finished, by whoever opens the journal next. */
  z.object({
    kind: z.literal('rewind-begin'),
    id: z.string(),
    userMessageId: z.string(),
    createdAt: z.number(),
    /** The rewind that this one takes back. */
    redoOf: z.string().nullable(),
    /** A redo that takes back what the agent did after the rewind. */
    leavesBranch: z.boolean(),
    steps: z.array(rewindStep).readonly(),
    files: z.array(rewindFile).readonly(),
    /** The same of folders. */
    folders: z.array(rewindFile).readonly().default([]),
    unlocked: z.array(unlockedFolder).readonly().default([]),
  }),
  z.object({
    kind: z.literal('rewind-done'),
    id: z.string(),
    outcomes: z.array(stepOutcome).readonly(),
    files: z.array(change).readonly(),
    /** Nothing is left that another attempt could do. */
    complete: z.boolean(),
  }),
]);
export type JournalRecord = z.infer<typeof journalRecord>;
export type RecordOf<Kind extends JournalRecord['kind']> = Extract<JournalRecord, { kind: Kind }>;
