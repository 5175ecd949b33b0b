/** `belay checkpoints`: what a session changed, and taking it back, without a model and without a running session. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Checkpoint, Checkpoints, Resolution, RewindPoint } from '../core/checkpoints/checkpoints.ts';
import {
  lastRewoundMessage,
  listCheckpoints,
  readDiff,
  toFilesRewound,
} from '../core/loop/checkpointAnswers.ts';
import { Session } from '../core/sessions/session.ts';
import { createNodeClock } from '../node/clock.ts';
import type { RewindAnswer } from '../protocol/checkpoints.ts';
import { EXIT, StartError, UsageError } from './exitCodes.ts';
import { type OpenedCheckpoints, openSavedCheckpoints } from './savedCheckpoints.ts';
import type { SubcommandDeps } from './subcommands.ts';
import { writeLine, writeText } from './writeLine.ts';

const HELP = `Usage: belay checkpoints list                          [--session ID]
       belay checkpoints diff POINT [PATH] [--alone]   [--session ID]
       belay checkpoints rewind POINT [flags]          [--session ID]
       belay checkpoints redo [flags]                  [--session ID]

What a session of this folder changed, and taking it back. No model is asked. Answers are JSON, one value a line, on standard
output.

  list      every checkpoint, oldest first: id, user_message_id, tool_use_id, created_at, files, origin, changes,
            taken_back, redoable
  diff      the files a rewind to this point would change (or this one): path, before, after, binary, hunks
  rewind    takes back what was changed since: canRewind, filesChanged, insertions, deletions, files (each restored,
            unchanged, skipped or conflicted, with the reason), folders, canRedo
  redo      takes the last rewind back; answers the same

POINT is one of
  USER_MESSAGE_ID     before the first change in the turn of this message
  --tool-use <id>     just before this tool call
  --checkpoint <id>   just before this checkpoint; before a rewind: what it took back is there again

Flags
  --session <id>      Which session; default: the newest of this folder
  --dry-run           Say what would be done, do nothing
  --path <file>       rewind: only this file, or what lies in this folder; may be given more than once
  --hunk <file>:<id>  rewind: only this change, as diff names it; may be given more than once
  --overwrite         rewind, redo: also files that somebody else has changed since (they stay in the store)
  --take <file>       rewind, redo: the same, for this file; may be given more than once
  --keep <file>       rewind, redo: leave this file as it is; may be given more than once
  --alone             diff: what this turn, call or rewind did by itself

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
  'tool-use': { type: 'string' },
  checkpoint: { type: 'string' },
  hunk: { type: 'string', multiple: true },
  take: { type: 'string', multiple: true },
  keep: { type: 'string', multiple: true },
  alone: { type: 'boolean' },
  overwrite: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Given = ReturnType<typeof readArgv>;

interface Verb {
  /** How many words may follow. */
  readonly words: number;
  readonly flags: readonly (keyof typeof FLAGS)[];
  run(given: Given, deps: SubcommandDeps): Promise<number>;
}

const POINTS = ['tool-use', 'checkpoint'] as const;
const MOVES = ['dry-run', 'overwrite', 'take', 'keep'] as const;

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['list', { words: 0, flags: [], run: runList }],
  ['diff', { words: 2, flags: [...POINTS, 'alone'], run: runDiff }],
  ['rewind', { words: 1, flags: [...POINTS, ...MOVES, 'path', 'hunk'], run: runRewind }],
  ['redo', { words: 0, flags: MOVES, run: runRedo }],
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
  const most = verb.words;
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
    for (const checkpoint of listCheckpoints(checkpoints)) await writeLine(checkpoint);
    return EXIT.ok;
  });
}

/** What to go back to, and the words that are left. */
function takePoint({ values, words, verb }: Given): {
  readonly point: RewindPoint;
  readonly rest: readonly string[];
} {
  const { 'tool-use': toolUseId, checkpoint: checkpointId } = values;
  if (toolUseId !== undefined && checkpointId !== undefined)
    throw new UsageError('Only one of --tool-use and --checkpoint can be said.', USAGE);
  if (toolUseId !== undefined) return { point: { toolUseId }, rest: words };
  if (checkpointId !== undefined) return { point: { checkpointId }, rest: words };
  const [userMessageId, ...rest] = words;
  if (userMessageId !== undefined) return { point: { userMessageId }, rest };
  throw new UsageError(
    `belay checkpoints ${verb} wants the id of a message, --tool-use or --checkpoint: the list has them.`,
    USAGE,
  );
}

function runDiff(given: Given): Promise<number> {
  const { point, rest } = takePoint(given);
  const [path, stray] = rest;
  if (stray !== undefined) throw new UsageError(`belay checkpoints diff can't use "${stray}".`, USAGE);
  const scope = given.values.alone === true ? 'alone' : 'since';
  return withCheckpoints(given, async ({ checkpoints }) => {
    const paths = path === undefined ? await findChanged(checkpoints, { point, scope }) : [resolve(path)];
    for (const each of paths) {
      const diff = await readDiff(checkpoints, { ...point, path: each, scope }).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(`What is kept of ${each} can't be read: ${why}`, { cause });
      });
      if (diff === undefined) throw new StartError(`There is no record of a change to ${each} there.`);
      await writeLine({ path: each, ...diff });
    }
    return EXIT.ok;
  });
}

interface Changed {
  readonly point: RewindPoint;
  readonly scope: 'since' | 'alone';
}

/** Throws StartError where there are none. */
async function findChanged(checkpoints: Checkpoints, { point, scope }: Changed): Promise<readonly string[]> {
  if (scope === 'alone') {
    const own = checkpoints.list().filter((one) => isAt(one, point));
    if (own.length > 0) return [...new Set(own.flatMap(({ files }) => files.map(({ path }) => path)))];
    throw new StartError('There is no record of a change there.');
  }
  const answer = await checkpoints.rewind({ ...point, dryRun: true, mode: 'overwrite' });
  if (!answer.canRewind) throw new StartError(answer.error ?? 'Nothing can be taken back.');
  return (answer.files ?? []).map(({ path }) => path);
}

function isAt({ id, userMessageId, toolUseId, origin }: Checkpoint, point: RewindPoint): boolean {
  if ('checkpointId' in point) return id === point.checkpointId;
  if ('toolUseId' in point) return toolUseId === point.toolUseId;
  return userMessageId === point.userMessageId && origin !== 'rewind';
}

function runRewind(given: Given, deps: SubcommandDeps): Promise<number> {
  const { point, rest } = takePoint(given);
  const [stray] = rest;
  if (stray !== undefined) throw new UsageError(`belay checkpoints rewind can't use "${stray}".`, USAGE);
  const { path: paths, hunk } = given.values;
  const hunks = hunk === undefined ? {} : { hunks: parseHunks(hunk) };
  return moveFiles(given, deps, async ({ checkpoints }, dryRun) => {
    const answer = await checkpoints.rewind({
      ...point,
      dryRun,
      ...toHow(given),
      ...hunks,
      ...(paths === undefined ? {} : { paths: paths.map((path) => resolve(path)) }),
    });
    const asked = 'userMessageId' in point ? point.userMessageId : lastRewoundMessage(checkpoints);
    return { answer, userMessageId: asked ?? '', redo: false };
  });
}

function toHow({ values: { overwrite, take = [], keep = [] } }: Given) {
  const choose = (paths: readonly string[], resolution: Resolution) =>
    paths.map((path): [string, Resolution] => [resolve(path), resolution]);
  return {
    mode: overwrite === true ? ('overwrite' as const) : ('merge' as const),
    resolutions: Object.fromEntries([...choose(take, 'take'), ...choose(keep, 'keep')]),
  };
}

/** `<file>:<id>`; a file name may hold colons, an id holds none. */
function parseHunks(given: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const byPath = new Map<string, string[]>();
  for (const one of given) {
    const at = one.lastIndexOf(':');
    if (at <= 0) throw new UsageError(`--hunk wants <file>:<id>, not "${one}".`, USAGE);
    const path = resolve(one.slice(0, at));
    byPath.set(path, [...(byPath.get(path) ?? []), one.slice(at + 1)]);
  }
  return Object.fromEntries(byPath);
}

function runRedo(given: Given, deps: SubcommandDeps): Promise<number> {
  return moveFiles(given, deps, async ({ checkpoints }, dryRun) => {
    const answer = await checkpoints.redo({ dryRun, ...toHow(given) });
    return { answer, userMessageId: lastRewoundMessage(checkpoints) ?? '', redo: true };
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
