/** The executable: its command line, its exit codes, its signals, and what it does with input that no client should send. */
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  type Message,
  type Program,
  runProgram,
  STREAM,
  startProgram,
} from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { gate, httpError, text, toolUse } from '../support/modelServer/steps.ts';

let world: World;
let open: Program[];

beforeEach(async () => {
  world = await createWorld();
  open = [];
});

afterEach(async () => {
  for (const { child } of open) child.kill('SIGKILL');
  await world.dispose();
});

function start(...args: string[]): Program {
  const program = startProgram(world, args);
  open.push(program);
  return program;
}

const isResult = ({ type }: Message): boolean => type === 'result';
const isSuccess = ({ type, subtype }: Message): boolean => type === 'result' && subtype === 'success';
const isAnswerTo =
  (id: string) =>
  ({ type, response }: Message): boolean =>
    type === 'control_response' && (response as Message).request_id === id;

/** A turn in which a command runs that ends neither by itself nor when it is asked to. */
async function startStubbornCommand(): Promise<Program> {
  const command = "trap '' TERM; echo $$ > pid; while true; do sleep 0.1; done";
  world.server.script([toolUse('Bash', { command })]);
  const program = start(...STREAM, '--allowedTools', 'Bash');
  program.prompt('Go.');
  await expect.poll(() => world.isThere('pid'), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => world.content('pid'), { timeout: 20_000 }).toMatch(/\d\n/);
  return program;
}

async function isAlive(): Promise<boolean> {
  const pid = (await world.content('pid')).trim();
  return stat(join('/proc', pid)).then(
    () => true,
    () => false,
  );
}

describe('the code of the program', () => {
  const listCaches = async (): Promise<readonly string[]> =>
    (await readdir(dirname(inject('belayCommand')))).filter((name) => name.endsWith('.cache'));

  it.each([
    ['a prompt', []],
    ['a stream', STREAM],
  ])('is kept beside it by the first turn of %s, and the next start runs from it', async (_, args) => {
    await Promise.all((await listCaches()).map((name) => rm(join(dirname(inject('belayCommand')), name))));
    world.server.onRequest(() => [text('Fine.')]);
    for (let turn = 0; turn < 2; turn += 1) {
      const program =
        args.length === 0
          ? start('-p', 'Go.', '--output-format', 'stream-json', '--verbose')
          : start(...args);
      if (args.length > 0) program.prompt('Go.');
      await program.until(isSuccess);
      program.closeInput();
      expect((await program.ended).code).toBe(0);
      expect(await listCaches()).toEqual([expect.stringMatching(/^belayProgram\.js\./)]);
    }
  });
});

describe('a prompt on the command line', () => {
  it('is answered with text', async () => {
    world.server.script([text('Hello.')]);
    expect(await runProgram(world, ['-p', 'Say hello.'])).toMatchObject({
      code: 0,
      stdout: 'Hello.\n',
      stderr: '',
    });
  });

  it('is answered with the result as JSON', async () => {
    world.server.script([text('Hello.')]);
    const { code, stdout } = await runProgram(world, ['-p', 'Say hello.', '--output-format', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'result', subtype: 'success', result: 'Hello.' });
  });

  it('is answered with every message, a line each', async () => {
    world.server.script([text('Hello.')]);
    const { messages } = await runProgram(world, ['-p', 'Say hello.', '--output-format=stream-json']);
    expect(messages.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['system', 'assistant', 'result']),
    );
    expect(messages.filter(({ type }) => type === 'user' || type === 'stream_event')).toEqual([]);
  });

  it('comes on standard input, alone or behind the one of the command line', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    const alone = start('-p');
    alone.write('from the pipe');
    alone.closeInput();
    expect(await alone.ended).toMatchObject({ code: 0, stdout: 'One.\n' });
    const both = start('-p', 'Explain:');
    both.write('from the pipe');
    both.closeInput();
    expect(await both.ended).toMatchObject({ code: 0, stdout: 'Two.\n' });
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain('Explain:\\nfrom the pipe');
  });

  it('does not wait for a pipe that nobody writes to', async () => {
    world.server.script([text('Hello.')]);
    expect(await start('-p', 'Say hello.').ended).toMatchObject({ code: 0, stdout: 'Hello.\n' });
  });

  it('that fails ends with 1 and says why on standard error', async () => {
    world.server.script([httpError(401, 'authentication_error')]);
    const { code, stdout, stderr } = await runProgram(world, ['-p', 'Go.']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/key/i);
  });

  it('can do nothing that would be asked', async () => {
    world.server.script([toolUse('Bash', { command: 'touch made' })], [text('I see.')]);
    expect(await runProgram(world, ['-p', 'Go.'])).toMatchObject({ code: 0, stdout: 'I see.\n' });
    expect(await world.isThere('made')).toBe(false);
  });

  it('has the system prompt of the command line', async () => {
    world.server.script([text('Yes.')]);
    await runProgram(world, [
      '-p',
      'Go.',
      '--system-prompt',
      'A parrot.',
      '--append-system-prompt',
      'A loud one.',
    ]);
    const system = JSON.stringify(world.server.requests[0]?.body.system);
    expect(system).toContain('A parrot.');
    expect(system).toContain('A loud one.');
  });
});

describe('the command line', () => {
  it('is explained', async () => {
    const { code, stdout } = await runProgram(world, ['--help']);
    expect(code).toBe(0);
    for (const word of ['Usage: belay', '--permission-mode', 'Exit codes', 'ANTHROPIC_API_KEY'])
      expect(stdout).toContain(word);
  });

  it('tells the version', async () => {
    expect((await runProgram(world, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+ \(Belay\)\n$/);
  });

  it.each([
    ['an unknown flag', ['-p', 'x', '--nonsense'], '--nonsense'],
    ['an unknown mode', ['-p', 'x', '--permission-mode', 'yolo'], '--permission-mode'],
    ['a number that is none', ['-p', 'x', '--max-turns', 'many'], '--max-turns'],
    ['a missing value', ['-p', 'x', '--model'], '--model'],
    ['no prompt', ['-p'], 'There is no prompt'],
    ['formats that do not go together', ['--input-format', 'stream-json'], '--output-format stream-json'],
    ['JSON that is none', ['-p', 'x', '--json-schema', '{'], '--json-schema'],
    ['a bypass without leave', ['-p', 'x', '--permission-mode', 'bypassPermissions'], 'allow-dangerously'],
  ])('with %s ends with 2 and says so', async (_name, args, words) => {
    const { code, stdout, stderr } = await runProgram(world, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr).toContain('belay --help');
  });
});

describe('the stream of a client', () => {
  it('survives lines that are no JSON, no text, and too long: each is told, the rest is answered', async () => {
    world.server.script([text('Hello.')]);
    const program = start(...STREAM);
    program.write('{"type": "user", \n');
    program.write(new Uint8Array([0xff, 0xfe, 10]));
    program.write(`{"type": "user", "padding": "${'x'.repeat(11 * 1024 * 1024)}"}\n`);
    program.prompt('Say hello.');
    expect(await program.until(isResult)).toMatchObject({ subtype: 'success', result: 'Hello.' });
    program.closeInput();
    const { code, messages, stderr } = await program.ended;
    expect(code).toBe(0);
    const notices = messages
      .filter(({ subtype }) => subtype === 'informational')
      .map(({ content }) => content);
    expect(notices).toEqual([
      expect.stringContaining('not JSON'),
      expect.stringContaining('not UTF-8'),
      expect.stringContaining('longer than 10485760 bytes'),
    ]);
    expect(stderr).toContain('longer than 10485760 bytes');
  });

  it('survives messages that are none, of unknown types, and answers to no question', async () => {
    world.server.script([text('Hello.')]);
    const program = start(...STREAM);
    for (const line of [
      'null',
      '[]',
      '"text"',
      '{}',
      '{"type":"user"}',
      '{"type":"__proto__"}',
      '{"type":"keep_alive"}',
    ])
      program.write(`${line}\n`);
    program.say({ type: 'control_response', response: { subtype: 'success', request_id: 'nobody asked' } });
    program.say({ type: 'control_cancel_request', request_id: 'nobody asked' });
    program.prompt('Say hello.');
    // The prompt without content is answered, too: who waits for its end isn't left waiting.
    expect(await program.until(isResult)).toMatchObject({ subtype: 'error_during_execution' });
    expect(await program.until(isSuccess)).toMatchObject({ result: 'Hello.' });
  });

  it('answers a request that it does not know, or that makes no sense, with an error', async () => {
    const program = start(...STREAM);
    program.say({ type: 'control_request', request_id: 'a', request: { subtype: 'make_coffee' } });
    program.say({
      type: 'control_request',
      request_id: 'b',
      request: { subtype: 'set_permission_mode', mode: 1 },
    });
    program.say({ type: 'control_request', request_id: 'c' });
    program.say({ type: 'control_request', request_id: 'd', request: { subtype: 'toString' } });
    const answers = [];
    for (const id of ['a', 'b', 'c', 'd']) answers.push((await program.until(isAnswerTo(id))).response);
    expect(answers).toMatchObject([
      { subtype: 'error', error: expect.stringContaining('make_coffee') },
      { subtype: 'error', error: expect.stringContaining('set_permission_mode') },
      { subtype: 'error' },
      { subtype: 'error', error: expect.stringContaining('toString') },
    ]);
  });

  it('takes lines cut within a character, and glued', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    const program = start(...STREAM);
    const line = (content: string): string =>
      `${JSON.stringify({ type: 'user', parent_tool_use_id: null, message: { role: 'user', content } })}\n`;
    const bytes = new TextEncoder().encode(line('Grüße 👋') + line('zwei'));
    for (const byte of bytes.subarray(0, 110)) {
      program.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    program.write(bytes.subarray(110));
    program.closeInput();
    const { messages } = await program.ended;
    expect(messages.filter(isResult).map(({ result }) => result)).toEqual(['One.', 'Two.']);
    expect(JSON.stringify(world.server.requests[0]?.body.messages)).toContain('Grüße 👋');
  });

  it('closed before anything was said ends it well', async () => {
    expect(await runProgram(world, STREAM)).toMatchObject({ code: 0, signal: null });
  });

  it('closed while a question is open counts as a denial, and the turn ends', async () => {
    world.server.script([toolUse('Bash', { command: 'touch made' })], [text('I see.')]);
    const program = start(...STREAM, '--permission-prompt-tool', 'stdio');
    program.prompt('Go.');
    await program.until(({ type }) => type === 'control_request');
    program.closeInput();
    const { code, messages } = await program.ended;
    expect(code).toBe(0);
    expect(messages.find(isResult)).toMatchObject({
      result: 'I see.',
      permission_denials: [{ tool_name: 'Bash' }],
    });
    expect(await world.isThere('made')).toBe(false);
  });

  it('answered twice takes the first answer', async () => {
    world.server.script([toolUse('Bash', { command: 'touch made' })], [text('Done.')]);
    const program = start(...STREAM, '--permission-prompt-tool', 'stdio');
    program.prompt('Go.');
    const question = await program.until(({ type }) => type === 'control_request');
    const answer = (response: object) => ({
      type: 'control_response',
      response: { subtype: 'success', request_id: question.request_id, response },
    });
    program.say(answer({ behavior: 'allow' }));
    program.say(answer({ behavior: 'deny', message: 'no' }));
    await program.until(isResult);
    expect(await world.isThere('made')).toBe(true);
    program.closeInput();
    expect((await program.ended).stderr).toContain('no open request');
  });

  it('that nobody reads any more ends it, with its commands', async () => {
    const program = await startStubbornCommand();
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    // The next thing it says has nowhere to go.
    program.say({ type: 'control_request', request_id: 'a', request: { subtype: 'get_context_usage' } });
    await program.ended;
    await expect.poll(isAlive, { timeout: 20_000 }).toBe(false);
  });
});

describe('a signal', () => {
  it('SIGTERM ends it, with a command that does not want to', async () => {
    const program = await startStubbornCommand();
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 143, signal: null });
    await expect.poll(isAlive, { timeout: 20_000 }).toBe(false);
  });

  it('SIGTERM ends it while the model speaks, and while nothing happens', async () => {
    world.server.script([text('It begins'), gate(new Promise(() => undefined))]);
    const busy = start(...STREAM, '--include-partial-messages');
    busy.prompt('Go.');
    await busy.until(({ type }) => type === 'stream_event');
    busy.child.kill('SIGTERM');
    expect((await busy.ended).code).toBe(143);
    const idle = start(...STREAM);
    await idle.until(({ subtype }) => subtype === 'session_state_changed');
    idle.child.kill('SIGTERM');
    expect((await idle.ended).code).toBe(143);
  });

  it('SIGINT stops the turn; the session goes on, and ends with 130', async () => {
    world.server.script([text('It begins'), gate(new Promise(() => undefined))], [text('Here again.')]);
    const program = start(...STREAM, '--include-partial-messages');
    program.prompt('Go.');
    await program.until(({ type }) => type === 'stream_event');
    program.child.kill('SIGINT');
    expect(await program.until(isResult)).toMatchObject({ interrupted: true });
    program.prompt('And now?');
    await program.until(({ type, result }) => type === 'result' && result === 'Here again.');
    program.closeInput();
    expect((await program.ended).code).toBe(130);
  });

  it('SIGINT twice ends it', async () => {
    const program = await startStubbornCommand();
    program.child.kill('SIGINT');
    // Two that come while it is not looking are one: what it answers now tells that it has taken the first.
    program.say({ type: 'control_request', request_id: 'a', request: { subtype: 'get_context_usage' } });
    await program.until(({ type }) => type === 'control_response');
    program.child.kill('SIGINT');
    expect((await program.ended).code).toBe(130);
    await expect.poll(isAlive, { timeout: 20_000 }).toBe(false);
  });

  it('SIGINT ends a prompt of the command line with 130', async () => {
    world.server.script([text('It begins'), gate(new Promise(() => undefined))]);
    const program = start('-p', 'Go.', '--output-format', 'stream-json', '--include-partial-messages');
    program.closeInput();
    await program.until(({ type }) => type === 'stream_event');
    program.child.kill('SIGINT');
    expect((await program.ended).code).toBe(130);
  });
});

describe('the executable that is not there', () => {
  it('is an error at once', async () => {
    await expect(world.ask('Go.', { pathToClaudeCodeExecutable: '/nowhere/belay.cjs' })).rejects.toThrow();
  });
});
