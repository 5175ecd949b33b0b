/** Belay's own SDK, over both of its transports, and the examples of docs/sdk.md with the package as it is shipped. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { buildSdk } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/run.mjs';
import type { ConversationMessage } from '../../src/protocol/messages.ts';
import {
  AgentClient,
  ConnectionError,
  createSdkMcpServer,
  ExecutableNotFoundError,
  JsonDecodeError,
  MessageParseError,
  type Options,
  ProcessError,
  query,
  SdkError,
  tool,
} from '../../src/sdk/index.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { gate, httpError, text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const optionsFor = (transport: 'process' | 'inProcess', more: Options = {}): Options => ({
  transport,
  cwd: world.folder,
  env: world.env,
  model: 'claude-opus-5-5',
  pathToClaudeCodeExecutable: inject('belayCommand'),
  ...more,
});

async function collect(
  messages: AsyncIterable<ConversationMessage>,
): Promise<readonly ConversationMessage[]> {
  const collected: ConversationMessage[] = [];
  for await (const message of messages) collected.push(message);
  return collected;
}

const never = new Promise<never>(() => {});

describe.each(['process', 'inProcess'] as const)('over the transport %s', (transport) => {
  it('one prompt gets its messages up to the result', async () => {
    world.server.script([text('Hello, world.')]);
    const messages = await collect(query({ prompt: 'Say hello.', options: optionsFor(transport) }));
    expect(messages.at(-1)).toMatchObject({ type: 'result', subtype: 'success', result: 'Hello, world.' });
    expect(messages.filter(({ type }) => type === 'assistant')).toHaveLength(1);
  });

  it('a stream of prompts is one conversation', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    async function* prompts() {
      yield 'first';
      yield { message: { role: 'user' as const, content: 'second' } };
    }
    const messages = await collect(query({ prompt: prompts(), options: optionsFor(transport) }));
    expect(messages.filter(({ type }) => type === 'result')).toMatchObject([
      { result: 'One.' },
      { result: 'Two.' },
    ]);
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain('first');
  });

  it('a failed turn is a result, not an error', async () => {
    world.server.script([httpError(401, 'authentication_error')]);
    const messages = await collect(query({ prompt: 'go', options: optionsFor(transport) }));
    expect(messages.at(-1)).toMatchObject({ type: 'result', is_error: true });
  });

  it('a conversation is asked for permission, changes files and takes them back', async () => {
    await world.write('a.txt', 'one');
    world.server.script(
      [toolUse('Write', { file_path: 'b.txt', content: 'two' }), toolUse('Bash', { command: 'touch c.txt' })],
      [text('Done.')],
    );
    const asked: string[] = [];
    await using client = new AgentClient(
      optionsFor(transport, {
        enableFileCheckpointing: true,
        async canUseTool(name) {
          asked.push(name);
          if (name === 'Write') return { behavior: 'allow' };
          return { behavior: 'deny', message: 'not that' };
        },
      }),
    );
    const id = await client.query('go');
    const messages = await collect(client.receiveResponse());
    expect(messages.at(-1)).toMatchObject({ permission_denials: [{ tool_name: 'Bash' }] });
    expect(asked).toEqual(['Write', 'Bash']);
    expect([await world.content('b.txt'), await world.isThere('c.txt')]).toEqual(['two', false]);
    expect(await client.rewindFiles(id, { dryRun: true })).toMatchObject({ canRewind: true });
    expect(await world.isThere('b.txt')).toBe(true);
    await client.rewindFiles(id);
    expect(await world.isThere('b.txt')).toBe(false);
  });

  it('a turn is interrupted, and the next one has another model', async () => {
    world.server.script([text('Slowly'), gate(never)], [text('Here.')]);
    await using client = new AgentClient(optionsFor(transport, { includePartialMessages: true }));
    await client.query('go');
    for await (const message of client.receiveMessages()) {
      if (message.type === 'stream_event' && message.event.type === 'content_block_delta') break;
    }
    await client.interrupt();
    expect((await collect(client.receiveResponse())).at(-1)).toMatchObject({ interrupted: true });
    await client.setModel('claude-haiku-5-5');
    await client.setPermissionMode('plan');
    await client.query('and now');
    expect((await collect(client.receiveResponse())).at(-1)).toMatchObject({ result: 'Here.' });
    expect(world.server.requests.at(-1)?.body).toMatchObject({ model: 'claude-haiku-5-5' });
  });

  it('tools of the program, hooks and subagents do their part', async () => {
    const double = tool('double', 'Doubles a number.', { value: z.number() }, async ({ value }) => ({
      content: [{ type: 'text', text: `doubled: ${value * 2}` }],
    }));
    world.server.scenarios({
      'please go': [
        [toolUse('mcp__own__double', { value: 21 }), toolUse('Read', { file_path: 'secret.txt' })],
        [toolUse('Agent', { description: 'say it', prompt: 'say the word', subagent_type: 'speaker' })],
        [text('Done.')],
      ],
      'say the word': [[text('Abracadabra.')]],
    });
    await world.write('secret.txt', 'hidden');
    const options = optionsFor(transport, {
      systemPrompt: 'You are short.',
      mcpServers: { own: createSdkMcpServer({ name: 'own', tools: [double] }) },
      allowedTools: ['mcp__own__double'],
      agents: { speaker: { description: 'Speaks.', prompt: 'You speak.' } },
      hooks: {
        PreToolUse: [
          {
            matcher: 'Read',
            hooks: [
              async () => ({
                hookSpecificOutput: {
                  hookEventName: 'PreToolUse',
                  permissionDecision: 'deny',
                  permissionDecisionReason: 'Not that file.',
                },
              }),
            ],
          },
        ],
      },
    });
    await using client = new AgentClient(options);
    const { agents } = await client.getServerInfo();
    expect(agents.map(({ name }) => name)).toContain('speaker');
    await client.query('please go');
    expect((await collect(client.receiveResponse())).at(-1)).toMatchObject({ result: 'Done.' });
    const sent = JSON.stringify(world.server.requests.at(-1)?.body);
    for (const part of ['doubled: 42', 'Not that file.', 'Abracadabra.', 'You are short.'])
      expect(sent).toContain(part);
    expect(sent).not.toContain('hidden');
  });

  it('a session goes on where it was', async () => {
    world.server.script([text('One.')], [text('Two.')]);
    const sessionId = crypto.randomUUID();
    await collect(query({ prompt: 'first', options: optionsFor(transport, { sessionId }) }));
    await collect(query({ prompt: 'second', options: optionsFor(transport, { resume: sessionId }) }));
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain('One.');
  });

  it('what can not be begun is a connection error', async () => {
    const options = optionsFor(transport, { resume: crypto.randomUUID() });
    const expected = transport === 'process' ? ProcessError : ConnectionError;
    await expect(new AgentClient(options).connect()).rejects.toThrow(expected);
  });
});

describe('the process of an agent', () => {
  const withScript = async (source: string): Promise<Options> => {
    await world.write('fake.cjs', source);
    return optionsFor('process', { pathToClaudeCodeExecutable: world.at('fake.cjs') });
  };
  /** Answers `initialize`, then does something. */
  const answering = (then: string): string => `
    process.stdin.once('data', (data) => {
      const { request_id } = JSON.parse(data);
      const response = { commands: [], agents: [], output_style: '', available_output_styles: [], models: [], account: {} };
      const message = { type: 'control_response', response: { subtype: 'success', request_id, response } };
      process.stdout.write(JSON.stringify(message) + '\\n');
      process.stdin.once('data', () => { ${then} });
    });`;

  it('that is not there is told', async () => {
    const options = optionsFor('process', { pathToClaudeCodeExecutable: world.at('nothing.cjs') });
    const thrown = await new AgentClient(options).connect().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ExecutableNotFoundError);
    expect(thrown).toBeInstanceOf(ConnectionError);
    expect(thrown).toMatchObject({ path: world.at('nothing.cjs') });
    const program = optionsFor('process', { executable: world.at('no-node') });
    await expect(new AgentClient(program).connect()).rejects.toBeInstanceOf(ExecutableNotFoundError);
  });

  it('that crashes is an error for whoever listens, with its last words', async () => {
    await using client = new AgentClient(
      await withScript(
        answering("process.stderr.write('out of luck'); process.exitCode = 7; process.stdin.destroy();"),
      ),
    );
    await client.query('go');
    const thrown = await collect(client.receiveResponse()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ProcessError);
    expect(thrown).toMatchObject({ exitCode: 7, stderr: 'out of luck' });
    await expect(client.interrupt()).rejects.toThrow(SdkError);
  });

  it('that is killed is an error for whoever waits for an answer', async () => {
    await using client = new AgentClient(
      await withScript(answering("process.kill(process.pid, 'SIGKILL');")),
    );
    await client.connect();
    await expect(client.interrupt()).rejects.toMatchObject({ name: 'ProcessError', signal: 'SIGKILL' });
  });

  it('that is killed in a turn is an error for every caller, also when its command outlives it', async () => {
    const command = 'echo $PPID > pid; sleep 3';
    world.server.script([toolUse('Bash', { command })]);
    await using client = new AgentClient(optionsFor('process', { allowedTools: ['Bash'] }));
    await client.query('go');
    const listening = collect(client.receiveResponse()).catch((error: unknown) => error);
    await expect.poll(() => world.content('pid').catch(() => ''), { timeout: 30_000 }).toMatch(/\d\n/);
    process.kill(Number(await world.content('pid')), 'SIGKILL');
    expect(await listening).toMatchObject({ name: 'ProcessError', signal: 'SIGKILL' });
    await expect(client.interrupt()).rejects.toMatchObject({ name: 'ProcessError', signal: 'SIGKILL' });
    await expect(client.query('again')).rejects.toMatchObject({ name: 'ProcessError', signal: 'SIGKILL' });
    await client.close();
    world.server.script([text('Another one.')]);
    const messages = await collect(query({ prompt: 'go', options: optionsFor('process') }));
    expect(messages.at(-1)).toMatchObject({ result: 'Another one.' });
  });

  it('that writes no JSON is an error', async () => {
    const then = "process.stdout.write('this is no JSON\\n'); setInterval(() => {}, 1000);";
    await using client = new AgentClient(await withScript(answering(then)));
    await client.query('go');
    await expect(collect(client.receiveResponse())).rejects.toBeInstanceOf(JsonDecodeError);
  });

  it('that sends what is no message is an error', async () => {
    const then = `process.stdout.write('{"type":"assistant","message":7}\\n'); setInterval(() => {}, 1000);`;
    await using client = new AgentClient(await withScript(answering(then)));
    await client.query('go');
    const thrown = await collect(client.receiveResponse()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(MessageParseError);
    expect(thrown).toMatchObject({ data: { message: 7 } });
  });

  it('ends with an abort', async () => {
    world.server.script([text('Slowly'), gate(never)]);
    const abortController = new AbortController();
    const options = optionsFor('process', { abortController, includePartialMessages: true });
    const messages: ConversationMessage[] = [];
    for await (const message of query({ prompt: 'go', options })) {
      messages.push(message);
      if (message.type === 'stream_event') abortController.abort();
    }
    expect(messages.some(({ type }) => type === 'stream_event')).toBe(true);
  });
});

describe('the examples of docs/sdk.md', () => {
  it('run with the package as it is shipped', async () => {
    const folder = await mkdtemp(join(root, 'build', 'sdk-'));
    try {
      const built = dirname(inject('belayCommand'));
      for (const name of ['belay.cjs', 'belayProgram.js'])
        await copyFile(join(built, name), join(folder, name));
      const sdk = await buildSdk(folder);
      world.server.onRequest(() => [text('Fine.')]);
      const document = await readFile(join(root, 'docs', 'sdk.md'), 'utf8');
      const examples = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
      expect(examples.length).toBeGreaterThanOrEqual(4);
      const env = { ...world.env } as NodeJS.ProcessEnv;
      const runs = examples.map(async (code, index) => {
        const file = join(folder, `example${index}.mts`);
        await writeFile(file, code.replace("'belay/sdk'", JSON.stringify(sdk)));
        const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: world.folder, env });
        expect(stdout).toMatch(/result|success/);
      });
      await Promise.all(runs);
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
