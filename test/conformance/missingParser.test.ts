/** The executable without the grammar of commands: what can't be taken apart is never allowed, and everything else goes on. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { breakParser } from '../support/breakParser.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';

let world: World;
let folder: string;
let command: string;

beforeEach(async () => {
  world = await createWorld();
  const shipped = dirname(inject('belayCommand'));
  folder = await mkdtemp(`${shipped}-broken-`);
  await cp(shipped, folder, { recursive: true });
  await breakParser(folder);
  command = join(folder, basename(inject('belayCommand')));
});

afterEach(async () => {
  await world.dispose();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const RULES = {
  allow: ['Bash', "Bash(touch 'made')", 'Bash(touch:*)'],
  deny: ["Bash(rm 'a b':*)", 'Bash(rm:*)'],
};
const WORDS = 'failed to take this command apart';

it.each(['default', 'acceptEdits', 'dontAsk', 'bypassPermissions'] as const)(
  'denies every command where nobody can be asked, and goes on (mode: %s)',
  async (permissionMode) => {
    await world.write('.claude/settings.json', JSON.stringify({ permissions: RULES }));
    world.server.script(
      [toolUse('Bash', { command: 'touch made' })],
      [toolUse('Bash', { command: 'rm made' })],
      [toolUse('Read', { file_path: world.at('note') })],
      [text('Done.')],
    );
    await world.write('note', 'what is in the note');
    const { result, messages } = await world.ask('Go.', {
      pathToClaudeCodeExecutable: command,
      permissionMode,
      allowDangerouslySkipPermissions: permissionMode === 'bypassPermissions',
    });
    expect(result).toMatchObject({
      subtype: 'success',
      result: 'Done.',
      permission_denials: [{ tool_input: { command: 'touch made' } }, { tool_input: { command: 'rm made' } }],
    });
    expect(JSON.stringify(messages)).toContain(WORDS);
    expect(await world.isThere('made')).toBe(false);
    expect(JSON.stringify(world.server.requests.at(-1)?.body.messages)).toContain('what is in the note');
  },
);

it('asks about every command where somebody can be asked, says why, and denies by rules all the same', async () => {
  await world.write('.claude/settings.json', JSON.stringify({ permissions: RULES }));
  world.server.script(
    [toolUse('Bash', { command: 'touch made' })],
    [toolUse('Bash', { command: 'ls; rm made' })],
    [text('Done.')],
  );
  const asked: unknown[] = [];
  const session = world.open({
    pathToClaudeCodeExecutable: command,
    canUseTool: async (_name, input, { decisionReason, suggestions }) => {
      asked.push({ input, decisionReason, suggestions });
      return { behavior: 'allow' };
    },
  });
  expect(await session.ask('Go.')).toMatchObject({
    subtype: 'success',
    result: 'Done.',
    permission_denials: [{ tool_input: { command: 'ls; rm made' } }],
  });
  expect(asked).toEqual([
    { input: { command: 'touch made' }, decisionReason: expect.stringContaining(WORDS), suggestions: [] },
  ]);
  expect(await world.isThere('made')).toBe(true);
});
