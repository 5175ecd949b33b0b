/** Hooks that settings files name, of every type, and of types nobody knows: the official SDK against the executable. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.dispose());

const PROJECT = '.claude/settings.json';
const hooksWith = (...hooks: object[]) => ({ PreToolUse: [{ matcher: 'Bash', hooks }] });
const touch = (name: string) => toolUse('Bash', { command: `touch ${name}` });

async function writeUserSettings(settings: object): Promise<void> {
  await mkdir(world.configDir, { recursive: true });
  await writeFile(join(world.configDir, 'settings.json'), JSON.stringify(settings));
}

const told = (messages: readonly object[]): readonly string[] =>
  messages.flatMap((message) =>
    'subtype' in message && message.subtype === 'informational' && 'content' in message
      ? [String(message.content)]
      : [],
  );

describe('a settings file with a hook of an unknown type', () => {
  const settings = JSON.stringify({
    permissions: { deny: ['Bash(touch denied)'] },
    hooks: hooksWith({ type: 'oracle' }, { type: 'command', command: 'touch hooked' }),
  });

  it('keeps nobody from working: the hook is named, what stands beside it counts', async () => {
    await world.write(PROJECT, settings);
    world.server.script([touch('allowed'), touch('denied')], [text('Done.')]);
    const { result, messages } = await world.ask('Go.', { allowedTools: ['Bash'] });
    expect(result).toMatchObject({ subtype: 'success', permission_denials: [{ tool_name: 'Bash' }] });
    expect(told(messages)).toEqual([
      `A PreToolUse hook in ${world.at(PROJECT)} is left out: its type "oracle" is not one of command, prompt, http.`,
    ]);
    expect(await world.isThere('hooked')).toBe(true);
    expect(await world.isThere('allowed')).toBe(true);
    expect(await world.isThere('denied')).toBe(false);
  });

  it('still denies what its rules deny where nobody has trusted the folder', async () => {
    await world.write(PROJECT, settings);
    world.server.script([touch('allowed'), touch('denied')], [text('Done.')]);
    await world.ask('Go.', { trusted: false, allowedTools: ['Bash'] });
    expect(await world.isThere('hooked')).toBe(false);
    expect(await world.isThere('allowed')).toBe(true);
    expect(await world.isThere('denied')).toBe(false);
  });
});

describe('a prompt hook', () => {
  it('blocks with the reason its model gives, and is on the bill', async () => {
    const hook = { type: 'prompt', prompt: 'Does it touch a file?', model: 'claude-haiku-5-5' };
    await world.write(PROJECT, JSON.stringify({ hooks: hooksWith(hook) }));
    world.server.script(
      [touch('made')],
      [text('{"ok": false, "reason": "It touches a file."}')],
      [text('Then not.')],
    );
    const { result } = await world.ask('Go.', { allowedTools: ['Bash'] });
    expect(result).toMatchObject({ subtype: 'success', result: 'Then not.' });
    expect(await world.isThere('made')).toBe(false);
    const [, judged, last] = world.server.requests.map(({ body }) => JSON.stringify(body));
    expect(judged).toContain('Does it touch a file?');
    expect(judged).toContain('touch made');
    expect(last).toContain('It touches a file.');
    expect(Object.keys(result.modelUsage)).toContain('claude-haiku-5-5');
  });
});

describe('an http hook', () => {
  async function listen(answer: object) {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(String(request.headers.authorization));
      response.end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }
  const blocks = { decision: 'block', reason: 'The policy server says no.' };

  it("of the user's is asked on this machine, with the variables it may have", async () => {
    const { url, heard } = await listen(blocks);
    const headers = { Authorization: 'Bearer $TEAM_KEY $HOME' };
    await writeUserSettings({
      hooks: hooksWith({ type: 'http', url, headers, allowedEnvVars: ['TEAM_KEY'] }),
    });
    world.server.script([touch('made')], [text('Then not.')]);
    await world.ask('Go.', { allowedTools: ['Bash'], env: { TEAM_KEY: 'k1' } });
    expect(heard).toEqual(['Bearer k1']);
    expect(await world.isThere('made')).toBe(false);
    expect(JSON.stringify(world.server.requests.at(-1)?.body)).toContain('The policy server says no.');
  });

  it.each([true, false])('of a project reaches nothing on this machine, trusted: %s', async (trusted) => {
    const { url, heard } = await listen(blocks);
    await world.write(PROJECT, JSON.stringify({ hooks: hooksWith({ type: 'http', url }) }));
    world.server.script([touch('made')], [text('Done.')]);
    await world.ask('Go.', { trusted, allowedTools: ['Bash'] });
    expect(heard).toEqual([]);
    expect(await world.isThere('made')).toBe(true);
  });
});
