/** However the executable ends, nothing that it has started outlives it, whether it wants to or not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProcesses } from '../support/conformance/processesIn.ts';
import { type Message, type Program, STREAM, startProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { naughty } from '../support/mcp/serverCommands.ts';
import { gate, type Reply, text, toolUse } from '../support/modelServer/steps.ts';

let world: World;
let program: Program | undefined;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => {
  program?.child.kill('SIGKILL');
  await world.dispose();
});

/** Goes on for ever, whatever it is asked, and says so in a file once it does; so does a child of its own. */
const stubborn = (name: string): string =>
  `trap '' TERM INT HUP; (trap '' TERM INT HUP; while true; do : ${name}; sleep 0.1; done) & touch ${name}.runs; while true; do : ${name}; sleep 0.1; done`;

const bash = (name: string, more: object = {}) => toolUse('Bash', { command: stubborn(name), ...more });
const isResult = ({ type }: Message): boolean => type === 'result';

/** A session with an MCP server that is a process, of which the replies are these. */
async function start(...replies: readonly Reply[]): Promise<Program> {
  world.server.script(...replies);
  const started = startProgram(world, [
    ...[...STREAM, '--include-partial-messages', '--setting-sources', 'project'],
    ...['--mcp-config', JSON.stringify({ mcpServers: { local: naughty() } }), '--allowedTools', 'Bash,Read'],
  ]);
  program = started;
  started.prompt('Go.');
  return started;
}

function writeHooks(hooks: object): Promise<void> {
  return world.write('.claude/settings.json', JSON.stringify({ hooks }));
}

/** Resolves when these run. */
async function untilRunning(...names: readonly string[]): Promise<void> {
  for (const name of names)
    await expect.poll(() => world.isThere(`${name}.runs`), { timeout: 30_000 }).toBe(true);
}

/** By the words in their command lines. */
async function running(...words: readonly string[]): Promise<readonly string[]> {
  const lines = await findProcesses(world.folder);
  return words.filter((word) => lines.some((line) => line.includes(word)));
}

/** Nothing is left: neither the executable nor what it has started, at once when it has ended. */
async function expectNothingLeft(): Promise<void> {
  expect(await findProcesses(world.folder)).toEqual([]);
}

const everything = ['naughtyServer', ': background', ': foreground'];

describe('with a server, a task in the background and a command that do not want to end', () => {
  const replies: readonly Reply[] = [
    [bash('background', { run_in_background: true })],
    [bash('foreground')],
    [text('Here again.')],
  ];

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s ends them all', async (signal, code) => {
    const { child, ended } = await start(...replies);
    await untilRunning('background', 'foreground');
    expect(await running(...everything)).toEqual(everything);
    child.kill(signal);
    expect(await ended).toMatchObject({ code, signal: null });
    await expectNothingLeft();
  });

  it('SIGINT ends the command and the turn; the end of the input then ends the rest', async () => {
    const { child, ended, until, prompt, closeInput } = await start(...replies);
    await untilRunning('background', 'foreground');
    child.kill('SIGINT');
    expect(await until(isResult)).toMatchObject({ interrupted: true });
    expect(await running(...everything)).toEqual(['naughtyServer', ': background']);
    prompt('And now?');
    await until(({ type, result }) => type === 'result' && result === 'Here again.');
    closeInput();
    expect(await ended).toMatchObject({ code: 130, signal: null });
    await expectNothingLeft();
  });

  it('the second SIGINT ends them all', async () => {
    const { child, ended, until } = await start(...replies);
    await untilRunning('background', 'foreground');
    child.kill('SIGINT');
    await until(isResult);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, signal: null });
    await expectNothingLeft();
  });

  it('the end of its output ends them all', async () => {
    const { child, ended, say } = await start(...replies);
    await untilRunning('background', 'foreground');
    child.stdout?.destroy();
    // The next thing it says has nowhere to go.
    say({ type: 'control_request', request_id: 'a', request: { subtype: 'get_context_usage' } });
    await ended;
    await expectNothingLeft();
  });
});

describe('between two turns', () => {
  it('the end of its input ends the server and the task', async () => {
    const { ended, until, closeInput } = await start(
      [bash('background', { run_in_background: true })],
      [text('It runs.')],
    );
    await untilRunning('background');
    await until(isResult);
    closeInput();
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await expectNothingLeft();
  });
});

describe('while a hook runs', () => {
  beforeEach(async () => {
    const hook = { type: 'command', command: stubborn('hook') };
    await writeHooks({ PreToolUse: [{ matcher: 'Read', hooks: [hook] }] });
  });
  const replies: readonly Reply[] = [[toolUse('Read', { file_path: 'a.txt' })], [text('Here again.')]];

  it('SIGTERM ends it', async () => {
    const { child, ended } = await start(...replies);
    await untilRunning('hook');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, signal: null });
    await expectNothingLeft();
  });

  it('SIGINT ends the hook and the turn', async () => {
    const { child, ended, until, closeInput } = await start(...replies);
    await untilRunning('hook');
    child.kill('SIGINT');
    expect(await until(isResult)).toMatchObject({ interrupted: true });
    expect(await running(': hook')).toEqual([]);
    closeInput();
    expect(await ended).toMatchObject({ code: 130, signal: null });
    await expectNothingLeft();
  });
});

describe('with a hook at the end of the session that does not want to end', () => {
  it('SIGTERM ends it with all the rest', async () => {
    await writeHooks({ SessionEnd: [{ hooks: [{ type: 'command', command: stubborn('last') }] }] });
    const { child, ended } = await start(
      [bash('background', { run_in_background: true })],
      [bash('foreground')],
    );
    await untilRunning('background', 'foreground');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, signal: null });
    expect(await world.isThere('last.runs')).toBe(true);
    await expectNothingLeft();
  });
});

describe('before it has begun', () => {
  it('SIGTERM ends it while the servers connect', async () => {
    const slow = { command: 'sh', args: ['-c', stubborn('server')] };
    world.server.script([text('It begins'), gate(new Promise(() => undefined))]);
    const started = startProgram(world, [
      ...STREAM,
      '--mcp-config',
      JSON.stringify({ mcpServers: { slow } }),
    ]);
    program = started;
    started.prompt('Go.');
    await untilRunning('server');
    started.child.kill('SIGTERM');
    expect(await started.ended).toMatchObject({ code: 143, signal: null });
    await expectNothingLeft();
  });
});
