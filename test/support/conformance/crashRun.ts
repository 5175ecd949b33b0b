/** One run of the crash test: a session that is killed once or twice and goes on each time, with what was seen of it. */
import { randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedRequest } from '../modelServer/startModelServer.ts';
import { type Reply, type Step, stall } from '../modelServer/steps.ts';
import { INITIAL, type KillPoint, planOf, replyTo, TURNS } from './crashScript.ts';
import { findProcesses } from './processesIn.ts';
import { type Message, type Program, STREAM, startProgram } from './program.ts';
import { createWorld, type World } from './sdkSession.ts';

/** What one process did. */
export interface Process {
  /** Ids of the calls that were asked about; all were allowed. */
  readonly approved: Set<string>;
  readonly messages: readonly Message[];
  readonly stderr: string;
  /** Tool calls of replies that came from this process. */
  readonly called: readonly { readonly id: string; readonly name: string }[];
}

export interface Run {
  readonly world: World;
  readonly sessionId: string;
  readonly processes: Process[];
  /** Bytes of the transcript after each kill. */
  readonly transcripts: Buffer[];
  /** Files of the folder after each kill. */
  readonly states: Record<string, string>[];
  /** Files before the rewind that was cut off, and after the start that followed. */
  cutRewind: { readonly before: Record<string, string>; readonly after: Record<string, string> } | undefined;
  /** Command lines of what outlived a kill. */
  readonly outlived: string[];
  /** What was answered to the rewinds at the end; the last one is the one that counts. */
  readonly rewinds: Message[];
}

/** Gives what a run has left to `check`, whatever it finds out of it; then all of it is removed. */
export async function runCrash(seed: number, check: (run: Run) => Promise<void>): Promise<void> {
  const world = await createWorld();
  const run: Run = {
    world,
    sessionId: randomUUID(),
    processes: [],
    transcripts: [],
    states: [],
    cutRewind: undefined,
    outlived: [],
    rewinds: [],
  };
  let program: Program | undefined;
  const started = (next: Program): void => {
    program = next;
  };
  try {
    await play(seed, run, started);
    await check(run);
  } finally {
    program?.child.kill('SIGKILL');
    await world.dispose();
  }
}

interface Driver {
  readonly program: Program;
  readonly approved: Set<string>;
  killAfter(delay: number): void;
  /** Resolves with true when the turn has ended, with false when the process has. */
  turn(name: string): Promise<boolean>;
  answerTo(request: object): Promise<Message>;
}

async function play(seed: number, run: Run, started: (program: Program) => void): Promise<void> {
  const { world } = run;
  const plan = planOf(seed);
  const prompts: string[] = [];
  for (const [name, content] of Object.entries(INITIAL)) await world.write(name, content);
  for (let index = 0; index <= plan.kills.length; index += 1) {
    const kill = plan.kills[index];
    const firstRequest = world.server.requests.length;
    const driver = start(run, { plan, kill, prompts });
    started(driver.program);
    const { cutRewind } = run;
    if (cutRewind !== undefined && Object.keys(cutRewind.after).length === 0) {
      // Killed before it was there: then the next one is to set it right.
      const isThere = await driver.answerTo({ subtype: 'initialize' }).catch(() => undefined);
      if (isThere !== undefined)
        run.cutRewind = { before: cutRewind.before, after: await readFiles(world.folder) };
    }
    const turns = index === 0 ? TURNS : [`again${index}`];
    let alive = true;
    for (const turn of turns) alive = alive && (await driver.turn(turn));
    if (kill === undefined) {
      if (!alive) throw new Error(`it ended by itself: ${(await driver.program.ended).stderr}`);
      await finish(run, driver, prompts);
    } else if (alive) await killIdle(run, driver, { kill, prompts });
    const { stderr, messages, signal } = await driver.program.ended;
    if (kill !== undefined && signal !== 'SIGKILL') throw new Error(`it ended by itself: ${stderr}`);
    const called = world.server.requests.slice(firstRequest).flatMap(({ played }) => playedCalls(played));
    run.processes.push({ approved: driver.approved, messages, stderr, called });
    run.outlived.push(...(await findProcesses(world.folder)));
    run.transcripts.push(await readTranscript(run));
    run.states.push(await readFiles(world.folder));
  }
  await waitForCommands(world.folder);
}

function playedCalls(played: RecordedRequest['played']): { id: string; name: string }[] {
  return (played?.content ?? [])
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name }) => ({ id: String(id), name: String(name) }));
}

interface Starting {
  readonly plan: ReturnType<typeof planOf>;
  readonly kill: KillPoint | undefined;
  /** Grows. */
  readonly prompts: string[];
}

function start(run: Run, { plan, kill, prompts }: Starting): Driver {
  const { world, sessionId } = run;
  const isThere = (run.transcripts.at(-1)?.length ?? 0) > 0;
  const isFirst = run.processes.length === 0;
  const program = startProgram(
    world,
    [
      ...STREAM,
      ...(isThere ? ['--resume', sessionId] : ['--session-id', sessionId]),
      ...['--permission-prompt-tool', 'stdio', '--debug-file', join(world.configDir, 'debug.log')],
      ...(plan.partialMessages ? ['--include-partial-messages'] : []),
    ],
    { CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING: '1' },
  );
  const approved = new Set<string>();
  const killAfter = (delay: number): void => {
    if (delay === 0) program.child.kill('SIGKILL');
    else setTimeout(() => program.child.kill('SIGKILL'), delay);
  };
  if (kill?.at === 'start') killAfter(kill.delay);
  if (kill?.at === 'write') killAtWrite(program, world.folder, () => killAfter(kill.delay), kill.count);
  let bytes = 0;
  let answers = 0;
  let turnEnded = (): void => undefined;
  onLines(program, (line) => {
    bytes += line.length;
    if (line.startsWith('{"type":"result"')) turnEnded();
    if (kill?.at === 'bytes' && bytes >= kill.count) killAfter(kill.delay);
    if (!line.includes('"can_use_tool"')) return;
    const question = JSON.parse(line) as { request_id: string; request: { tool_use_id: string } };
    approved.add(question.request.tool_use_id);
    const acceptEdits = { type: 'setMode', mode: 'acceptEdits', destination: 'session' };
    const updatedPermissions = plan.acceptsEdits && isFirst ? [acceptEdits] : [];
    const response = { behavior: 'allow', updatedPermissions };
    program.say({
      type: 'control_response',
      response: { subtype: 'success', request_id: question.request_id, response },
    });
    answers += 1;
    if (kill?.at === 'answer' && answers === kill.count) killAfter(kill.delay);
  });
  let requests = 0;
  world.server.onRequest(({ body }) => {
    requests += 1;
    return cutReply(replyTo(body), { kill, requests, killAfter });
  });
  return {
    program,
    approved,
    killAfter,
    async turn(name) {
      const uuid = randomUUID();
      prompts.push(uuid);
      const content = `This is TURN ${name}.`;
      program.say({ type: 'user', uuid, parent_tool_use_id: null, message: { role: 'user', content } });
      const ended = new Promise<boolean>((resolve) => {
        turnEnded = () => resolve(true);
      });
      return Promise.race([program.ended.then(() => false), ended]);
    },
    async answerTo(request) {
      const id = randomUUID();
      program.say({ type: 'control_request', request_id: id, request });
      const { response } = await program.until(
        ({ type, response }) => type === 'control_response' && (response as Message).request_id === id,
      );
      return response as Message;
    },
  };
}

interface Cutting {
  readonly kill: KillPoint | undefined;
  /** The number of this one, from 1. */
  readonly requests: number;
  killAfter(delay: number): void;
}

/** The reply breaks off where the process is to be killed. */
function cutReply(reply: Reply, { kill, requests, killAfter }: Cutting): Reply {
  if ((kill?.at !== 'request' && kill?.at !== 'step') || kill.count !== requests) return reply;
  if (kill.at === 'request') {
    killAfter(kill.delay);
    return [stall()];
  }
  const before = reply.slice(0, kill.steps);
  // Looked at when the reply has come to it.
  const reached: Step = {
    kind: 'gate',
    get until() {
      killAfter(kill.delay);
      return Promise.resolve();
    },
  };
  return [...before, reached, stall()];
}

/** Rewinds everything, in the middle of which the process is killed; or kills it as it waits. */
async function killIdle(
  run: Run,
  { program, killAfter }: Driver,
  { kill, prompts }: { readonly kill: KillPoint; readonly prompts: readonly string[] },
): Promise<void> {
  if (kill.at === 'rewind') {
    run.cutRewind = { before: await readFiles(run.world.folder), after: {} };
    const request = { subtype: 'rewind_files', user_message_id: prompts[0] };
    program.say({ type: 'control_request', request_id: 'cut off', request });
  }
  killAfter(kill.delay);
}

/** Takes back all that was done since the first message that is known, and ends the process as a client does. */
async function finish(run: Run, { program, answerTo }: Driver, prompts: readonly string[]): Promise<void> {
  await waitForCommands(run.world.folder);
  for (const user_message_id of prompts) {
    const { response } = await answerTo({ subtype: 'rewind_files', user_message_id });
    run.rewinds.push(response as Message);
    if ((response as Message).canRewind === true) break;
  }
  program.closeInput();
}

/** Calls back when so many files have appeared beside those they are to replace. */
function killAtWrite(program: Program, folder: string, reached: () => void, count: number): void {
  const seen = new Set<string>();
  const watcher = watch(folder, (_event, name) => {
    if (name?.startsWith('.belay-') !== true || seen.has(name)) return;
    seen.add(name);
    if (seen.size === count) reached();
  });
  void program.ended.then(() => watcher.close());
}

/** Calls back with each whole line. */
function onLines(program: Program, take: (line: string) => void): void {
  let rest = '';
  program.child.stdout?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

/** The whole transcript; empty when there is none yet. */
async function readTranscript({ world, sessionId }: Run): Promise<Buffer> {
  const projects = join(world.configDir, 'projects');
  const folders = await readdir(projects).catch(() => []);
  for (const folder of folders) {
    const bytes = await readFile(join(projects, folder, `${sessionId}.jsonl`)).catch(() => undefined);
    if (bytes !== undefined) return bytes;
  }
  return Buffer.alloc(0);
}

/** Every file below the folder, by its path in it. */
export async function readFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path, 'utf8').catch(() => undefined);
    if (content !== undefined) files[relative(folder, path)] = content;
  }
  return files;
}

/** A command that outlived its parent comes to its end. The session itself is one of the processes, once. */
async function waitForCommands(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const left = await findProcesses(folder);
    if (!left.some(isCommand)) return;
    await sleep(20);
  }
  throw new Error('a command goes on and on');
}

/** Not the session itself. */
function isCommand(line: string): boolean {
  return !line.includes('belay.cjs');
}
