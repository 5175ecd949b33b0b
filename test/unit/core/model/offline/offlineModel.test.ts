import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiMessage, ModelRequest } from '../../../../../src/core/model/modelRequest.ts';
import {
  createOfflineModel,
  createOfflineModelTable,
  OFFLINE_MODEL,
} from '../../../../../src/core/model/offline/offlineModel.ts';
import type { ContentBlock, ToolResultBlock, ToolUseBlock } from '../../../../../src/protocol/blocks.ts';
import type { ApiReply } from '../../../../../src/protocol/streamEvents.ts';
import { Accumulator } from '../../../../../src/stream/accumulator.ts';
import { createManualClock } from '../manualClock.ts';

const SAMPLE = join(import.meta.dirname, '../../../../../sample');
const TOOLS = ['Read', 'Edit', 'Write', 'Bash', 'Glob', 'TodoWrite'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-tour-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Asking {
  readonly messages: readonly ApiMessage[];
  readonly tools?: readonly string[];
  readonly system?: readonly string[];
}

async function ask({
  messages,
  tools = TOOLS,
  system = [`You are Belay.`, `Where\nWorking directory: ${folder}\nShell: bash`],
}: Asking): Promise<ApiReply> {
  const clock = createManualClock();
  const request: ModelRequest = {
    model: OFFLINE_MODEL,
    system,
    tools: tools.map((name) => ({ name, description: name, input_schema: { type: 'object' } })),
    messages,
    maxTokens: 16_000,
  };
  const accumulator = new Accumulator();
  for await (const event of createOfflineModel({ clock, pieceMs: 0 })(
    request,
    new AbortController().signal,
  )) {
    accumulator.push(event);
  }
  return accumulator.finish();
}

type Run = (call: ToolUseBlock) => Promise<Pick<ToolResultBlock, 'content' | 'is_error'>>;

/** Plays a turn to its end and returns everything the model said in it. */
async function play(
  run: Run,
  { asked = 'Take the tour', ...rest }: { asked?: string; tools?: readonly string[] } = {},
) {
  const messages: ApiMessage[] = [{ role: 'user', content: [{ type: 'text', text: asked }] }];
  const said: ContentBlock[] = [];
  for (let round = 0; round < 20; round += 1) {
    const reply = await ask({ messages, ...rest });
    said.push(...reply.content);
    const calls = reply.content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) {
      expect(reply.stop_reason).toBe('end_turn');
      return { said, messages, text: textsOf(said).join('\n') };
    }
    expect(reply.stop_reason).toBe('tool_use');
    const results = await Promise.all(
      calls.map(async (call) => ({
        type: 'tool_result' as const,
        tool_use_id: call.id,
        ...(await run(call)),
      })),
    );
    messages.push({ role: 'assistant', content: reply.content }, { role: 'user', content: results });
  }
  throw new Error('the tour has no end');
}

/** The tools, as far as the tour needs them, on the real file system. */
const runTool: Run = async ({ name, input }) => {
  const { file_path = '', old_string = '', new_string = '', content = '' } = input as Record<string, string>;
  try {
    switch (name) {
      case 'Glob':
        return { content: (await readdir(folder, { recursive: true })).join('\n') };
      case 'Read':
        return {
          content: (await readFile(file_path, 'utf8'))
            .split('\n')
            .map((line, index) => `${index + 1}\t${line}`)
            .join('\n'),
        };
      case 'Edit': {
        const before = await readFile(file_path, 'utf8');
        if (before.split(old_string).length !== 2)
          return { content: 'The text to replace was not found.', is_error: true };
        await writeFile(
          file_path,
          before.replace(old_string, () => new_string),
        );
        return { content: 'Edited.' };
      }
      case 'Write':
        await writeFile(file_path, content, { flag: 'wx' });
        return { content: 'Written.' };
      default:
        return { content: 'Done.' };
    }
  } catch (error) {
    return { content: String(error), is_error: true };
  }
};

const callsOf = (said: readonly ContentBlock[]) => said.filter((block) => block.type === 'tool_use');
const textsOf = (said: readonly ContentBlock[]) =>
  said.flatMap((block) => (block.type === 'text' ? [block.text] : []));
const namesOf = (said: readonly ContentBlock[]) =>
  callsOf(said)
    .map(({ name }) => name)
    .filter((name) => name !== 'TodoWrite');

describe('the tour of the sample project', () => {
  beforeEach(() => cp(SAMPLE, folder, { recursive: true }));

  test('reads, edits two files, creates one and runs the tests, with a todo list and thinking', async () => {
    const { said, text } = await play(runTool);
    expect(namesOf(said)).toEqual(['Glob', 'Read', 'Read', 'Read', 'Read', 'Edit', 'Edit', 'Write', 'Bash']);
    expect(said.some(({ type }) => type === 'thinking')).toBe(true);
    const todos = callsOf(said)
      .filter(({ name }) => name === 'TodoWrite')
      .map(({ input }) =>
        (input as { todos: { status: string }[] }).todos.map(({ status }) => status).join(' '),
      );
    expect(todos[0]).toBe('completed in_progress pending pending pending pending');
    expect(todos.at(-1)).toBe('completed completed completed completed completed completed');
    expect(text).toContain('`src/main.js`: the list ends with a total (done)');
  });

  test('says in its first words that it is scripted, and invites to rewind in its last', async () => {
    const { said } = await play(runTool);
    const texts = textsOf(said);
    expect(texts[0]).toMatch(/^This is a scripted tour: no model is behind it/);
    expect(texts.at(-1)).toContain('*Rewind*');
  });

  test('leaves a project whose tests pass and whose list adds up', async () => {
    await play(runTool);
    const run = promisify(execFile);
    await run(process.execPath, ['--test'], { cwd: folder });
    const { stdout } = await run(process.execPath, ['src/main.js'], { cwd: folder });
    expect(stdout).toBe(
      'Lake loop          3.3 km    45 min\nRidge path         4.4 km    1 h 50 min\nTotal              7.7 km    2 h 35 min\n',
    );
  });

  test.each(['Edit', 'Write', 'Bash', 'Read'])('goes on to its end when %s is denied', async (denied) => {
    const deny: Run = async (call) =>
      call.name === denied
        ? { content: 'The user did not allow this call: not now', is_error: true }
        : runTool(call);
    const { said, text } = await play(deny);
    expect(text).toContain('> The user did not allow this call: not now');
    expect(textsOf(said).at(-1)).toContain('That was the tour');
  });

  test('goes on when a file is not as it expects, and says so at the end', async () => {
    await writeFile(join(folder, 'src/route.js'), 'export const routeLength = () => 1;\n');
    const { said, text } = await play(runTool);
    expect(text).toContain('> The text to replace was not found.');
    expect(textsOf(said).at(-1)).toContain('lengths are rounded once, at their end (not done)');
    expect(textsOf(said).at(-1)).toContain('the list ends with a total (done)');
  });

  test('can be taken twice in a session, with calls of their own', async () => {
    const first = await play(runTool);
    const messages: ApiMessage[] = [
      ...first.messages,
      { role: 'assistant', content: [{ type: 'text', text: 'end' }] },
      { role: 'user', content: [{ type: 'text', text: 'tour again' }] },
    ];
    const again = await ask({ messages });
    const ids = callsOf([...first.said, ...again.content]).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
  });

  test('leaves out the steps whose tools are not there', async () => {
    const { said } = await play(runTool, { tools: ['Read', 'Glob', 'Edit'] });
    expect(new Set(callsOf(said).map(({ name }) => name))).toEqual(new Set(['Read', 'Glob', 'Edit']));
    expect(textsOf(said).at(-1)).toContain('`npm test` (not tried)');
  });

  test('is decided by the request alone', async () => {
    const { messages } = await play(runTool);
    for (let end = 1; end <= messages.length; end += 2) {
      const asked = { messages: messages.slice(0, end) };
      expect(await ask(asked)).toEqual(await ask(asked));
    }
  });
});

describe('the tour of another folder', () => {
  test('reads one of its files and creates a small new one', async () => {
    await writeFile(join(folder, 'notes.txt'), 'hello');
    await writeFile(join(folder, 'photo.jpg'), 'x');
    const { said, text } = await play(runTool);
    expect(namesOf(said)).toEqual(['Glob', 'Read', 'Read', 'Write']);
    expect(await readFile(join(folder, 'BELAY_TOUR.md'), 'utf8')).toContain('# Belay was here');
    expect(text).toMatch(/^This is a scripted tour/);
    expect(textsOf(said).at(-1)).toContain('*Rewind*');
  });

  test('works in an empty one', async () => {
    const { said } = await play(runTool);
    expect(namesOf(said)).toEqual(['Glob', 'Read', 'Write']);
    expect(textsOf(said).join()).not.toContain('did not work out');
  });

  test('says that nothing is to be taken back when the file was not made', async () => {
    const deny: Run = async (call) =>
      call.name === 'Write' ? { content: 'No.', is_error: true } : runTool(call);
    const { said } = await play(deny);
    expect(textsOf(said).at(-1)).toContain('was not made, so there is nothing to take back');
  });

  test('on Windows uses the paths of Windows', async () => {
    const { content } = await ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'tour' }] }],
      system: ['Working directory: C:\\Users\\me\\code'],
    });
    expect(callsOf(content).find(({ name }) => name === 'Read')?.input).toEqual({
      file_path: 'C:\\Users\\me\\code\\README.md',
    });
  });

  test('needs a folder', async () => {
    const { content } = await ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'tour' }] }],
      system: [],
    });
    expect(callsOf(content)).toEqual([]);
    expect(textsOf(content)[0]).toMatch(/^This is a scripted tour.*It needs a folder/s);
  });
});

describe('anything else', () => {
  test('is answered with what it is and what can be done', async () => {
    const { content, model } = await ask({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Fix my bug' }] }],
    });
    expect(textsOf(content)[0]).toMatch(/^I am a script, not a model.*Set API Key….*`tour`/s);
    expect(model).toBe('offline-tour');
  });

  test('what Belay adds to a message for the model counts for nothing', async () => {
    const content: ContentBlock[] = [
      { type: 'text', text: '<system-reminder>the tour</system-reminder>' },
      { type: 'text', text: 'hello' },
    ];
    expect(textsOf((await ask({ messages: [{ role: 'user', content }] })).content)[0]).toMatch(
      /^I am a script/,
    );
  });
});

describe('how it is told', () => {
  const hello: ModelRequest = {
    model: OFFLINE_MODEL,
    system: [],
    tools: [],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
    maxTokens: 1000,
  };

  test('piece by piece, at the pace of the clock', async () => {
    const clock = createManualClock();
    const seen: string[] = [];
    const telling = (async () => {
      for await (const event of createOfflineModel({ clock })(hello, new AbortController().signal))
        seen.push(event.type);
    })();
    for (let step = 0; step < 200 && !seen.includes('message_stop'); step += 1) await clock.advance(30);
    await telling;
    expect(seen.filter((type) => type === 'content_block_delta').length).toBeGreaterThan(20);
    expect(clock.monotonic()).toBeGreaterThan(1000);
  });

  test('and stops when it is told to', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const reason = new Error('stopped');
    const telling = (async () => {
      for await (const event of createOfflineModel({ clock })(hello, controller.signal)) void event;
    })();
    const ended = expect(telling).rejects.toBe(reason);
    await clock.advance(30);
    controller.abort(reason);
    await ended;
    expect(clock.sleepers).toBe(0);
  });

  test('for nothing', () => {
    const table = createOfflineModelTable();
    expect(table.rows.map(({ id }) => id)).toEqual([OFFLINE_MODEL]);
    expect(table.get(OFFLINE_MODEL).prices?.[0]?.price).toEqual({
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
    });
  });
});
