/** `belay checkpoints`: what a session changed, and taking it back, without a model and without a running session. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checkpoints } from '../core/checkpoints/checkpoints.ts';
import { readDiff, toCheckpointInfo, toFilesRewound } from '../core/loop/checkpointAnswers.ts';
import { Session } from '../core/sessions/session.ts';
import { createNodeClock } from '../node/clock.ts';
import type { RewindAnswer } from '../protocol/checkpoints.ts';
import { EXIT, StartError, UsageError } from './exitCodes.ts';
import { type OpenedCheckpoints, openSavedCheckpoints } from './savedCheckpoints.ts';
import type { SubcommandDeps } from './subcommands.ts';
import { writeLine, writeText } from './writeLine.ts';

const HELP = `Usage: belay checkpoints list                             [--session ID]
       belay checkpoints diff USER_MESSAGE_ID [PATH]      [--session ID]
       belay checkpoints rewind USER_MESSAGE_ID [flags]   [--session ID]
       belay checkpoints redo [--dry-run]                 [--session ID]

What a session of this folder changed with its file tools, and taking it back. No model is asked. Answers are JSON, one value
a line, on standard output.

  list      every checkpoint, oldest first: id, user_message_id, tool_use_id, created_at, files, origin
  diff      the files a rewind to this message would change (or this one): path, before, after, binary
  rewind    takes back what was changed in the turn of this message and after it: canRewind, filesChanged, insertions,
            deletions, files (each restored, unchanged, skipped or conflicted, with the reason), canRedo
  redo      takes the last rewind back; answers the same

Flags
  --session <id>   Which session; default: the newest of this folder
  --dry-run        Say what would be done, do nothing
  --path <file>    rewind: only this file; may be given more than once
  --overwrite      rewind: also files that somebody else has changed since (they stay in the store)

A session that runs elsewhere is listed and shown; rewind it there.

Environment
  BELAY_CONFIG_DIR or CLAUDE_CONFIG_DIR   where sessions lie; default ~/.belay

Exit codes
  0    well
  1    there is no such session or message, or nothing could be taken back
  2    the command line can't be understood
`;

const USAGE = { help: 'belay checkpoints --help' };

const FLAGS = {
  session: { type: 'string' },
  'dry-run': { type: 'boolean' },
  path: { type: 'string', multiple: true },
  overwrite: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Given = ReturnType<typeof readArgv>;

interface Verb {
  /** What may be said after the verb: so many words at least and at most. */
  readonly words: readonly [number, number];
  readonly flags: readonly (keyof typeof FLAGS)[];
  run(given: Given, deps: SubcommandDeps): Promise<number>;
}

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['list', { words: [0, 0], flags: [], run: runList }],
  ['diff', { words: [1, 2], flags: [], run: runDiff }],
  ['rewind', { words: [1, 1], flags: ['dry-run', 'path', 'overwrite'], run: runRewind }],
  ['redo', { words: [0, 0], flags: ['dry-run'], run: runRedo }],
]);

/** Resolves with the exit code. Throws UsageError and StartError. */
export async function runCheckpoints(argv: readonly string[], deps: SubcommandDeps): Promise<number> {
  const given = readArgv(argv);
  if (given.values.help === true) {
    await writeText(HELP);
    return EXIT.ok;
  }
  return findVerb(given).run(given, deps);
}

function readArgv(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
    const [verb, ...words] = positionals;
    return { values, verb, words };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error, ...USAGE });
  }
}

function findVerb({ values, verb: name, words }: Given): Verb {
  const known = [...VERBS.keys()].join(', ');
  if (name === undefined) throw new UsageError(`belay checkpoints wants a word: ${known}.`, USAGE);
  const verb = VERBS.get(name);
  if (verb === undefined)
    throw new UsageError(`There is no "belay checkpoints ${name}", only ${known}.`, USAGE);
  const [least, most] = verb.words;
  if (words.length < least) {
    throw new UsageError(
      `belay checkpoints ${name} wants the id of a message: user_message_id of the list.`,
      USAGE,
    );
  }
  if (words.length > most)
    throw new UsageError(`belay checkpoints ${name} can't use "${words.slice(most).join(' ')}".`, USAGE);
  const stray = Object.keys(values).find(
    (flag) => flag !== 'session' && !verb.flags.some((own) => own === flag),
  );
  if (stray !== undefined) throw new UsageError(`belay checkpoints ${name} has no --${stray}.`, USAGE);
  return verb;
}

async function withCheckpoints(
  { values }: Given,
  task: (opened: OpenedCheckpoints) => Promise<number>,
): Promise<number> {
  const opened = await openSavedCheckpoints({ sessionId: values.session });
  try {
    return await task(opened);
  } finally {
    await opened.checkpoints.close();
  }
}

function runList(given: Given): Promise<number> {
  return withCheckpoints(given, async ({ checkpoints }) => {
    for (const checkpoint of checkpoints.list()) await writeLine(toCheckpointInfo(checkpoint));
    return EXIT.ok;
  });
}

function runDiff(given: Given): Promise<number> {
  const [userMessageId = '', path] = given.words;
  return withCheckpoints(given, async ({ checkpoints }) => {
    const paths = path === undefined ? await findChanged(checkpoints, userMessageId) : [resolve(path)];
    for (const each of paths) {
      const diff = await readDiff(checkpoints, userMessageId, each).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(`What is kept of ${each} can't be read: ${why}`, { cause });
      });
      if (diff === undefined)
        throw new StartError(`There is no record of a change to ${each} in or after this message.`);
      await writeLine({ path: each, ...diff });
    }
    return EXIT.ok;
  });
}

/** The files a rewind would look at. Throws StartError where there would be nothing to rewind. */
async function findChanged(checkpoints: Checkpoints, userMessageId: string): Promise<readonly string[]> {
  const {
    canRewind,
    error,
    files = [],
  } = await checkpoints.rewind({
    userMessageId,
    dryRun: true,
    mode: 'overwrite',
  });
  if (!canRewind) throw new StartError(error ?? 'Nothing can be taken back.');
  return files.map(({ path }) => path);
}

function runRewind(given: Given, deps: SubcommandDeps): Promise<number> {
  const [userMessageId = ''] = given.words;
  const { path: paths, overwrite } = given.values;
  return moveFiles(given, deps, async ({ checkpoints }, dryRun) => {
    const answer = await checkpoints.rewind({
      userMessageId,
      dryRun,
      mode: overwrite === true ? 'overwrite' : 'merge',
      ...(paths === undefined ? {} : { paths: paths.map((path) => resolve(path)) }),
    });
    return { answer, userMessageId, redo: false };
  });
}

function runRedo(given: Given, deps: SubcommandDeps): Promise<number> {
  return moveFiles(given, deps, async ({ checkpoints }, dryRun) => {
    const answer = await checkpoints.redo({ dryRun });
    const userMessageId = checkpoints.list().findLast(({ origin }) => origin === 'rewind')?.userMessageId;
    return { answer, userMessageId: userMessageId ?? '', redo: true };
  });
}

interface Moved {
  readonly answer: RewindAnswer;
  readonly userMessageId: string;
  readonly redo: boolean;
}

type Move = (opened: OpenedCheckpoints, dryRun: boolean) => Promise<Moved>;

/** What is done to files is written down in the transcript, as when the session does it itself. */
function moveFiles(given: Given, deps: SubcommandDeps, move: Move): Promise<number> {
  return withCheckpoints(given, async (opened) => {
    if (given.values['dry-run'] === true) return tell(await move(opened, true), opened);
    const session = await openSession(opened, deps);
    try {
      const moved = await move(opened, false);
      const code = await tell(moved, opened);
      if (moved.answer.canRewind) await note(moved, { opened, session });
      return code;
    } finally {
      await session.close();
    }
  });
}

/** Throws StartError when another process has it open. */
async function openSession(
  { sessionId, transcripts, log }: OpenedCheckpoints,
  { version }: SubcommandDeps,
): Promise<Session> {
  const session = await Session.open(transcripts, {
    sessionId,
    cwd: process.cwd(),
    version,
    clock: createNodeClock(),
    log,
    createId: randomUUID,
  });
  if (!session.readOnly) return session;
  await session.close();
  throw new StartError(`The session ${sessionId} is running elsewhere. Rewind it there, or end it first.`);
}

async function tell({ answer }: Moved, { checkpoints }: OpenedCheckpoints): Promise<number> {
  await writeLine({ ...answer, canRedo: checkpoints.canRedo() });
  return answer.canRewind ? EXIT.ok : EXIT.failed;
}

interface Noting {
  readonly opened: OpenedCheckpoints;
  readonly session: Session;
}

/** That it can't be written down doesn't undo it. */
async function note(
  { answer, ...moved }: Moved,
  { opened: { checkpoints, sessionId, log }, session }: Noting,
): Promise<void> {
  const told = toFilesRewound(answer, { ...moved, canRedo: checkpoints.canRedo() });
  const envelope = { uuid: randomUUID(), session_id: sessionId };
  try {
    await session.note({ type: 'system', subtype: 'belay/files_rewound', ...envelope, ...told });
  } catch (error) {
    log.warn('the files have moved, but the transcript could not be told', { error });
  }
}
