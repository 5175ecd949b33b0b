// A repository in which every place that some program takes a command, an address or a permission from holds a trap.

import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node } from '../../scripts/run.mjs';
import { type Conversation, createWorld, type World } from '../support/conformance/sdkSession.ts';
import { type Canaries, startCanaries } from '../support/hostile/canaries.ts';
import { HOSTILE_NAMES } from '../support/hostile/fileNames.ts';
import { makeHostileRepository, NEEDLE } from '../support/hostile/hostileRepository.ts';
import { readTree } from '../support/hostile/readTree.ts';
import { readSpawns, recordingArgs } from '../support/hostile/spawns.ts';
import { blocksOf } from '../support/modelServer/apiRequest.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { createTestProcesses } from '../support/testProcesses.ts';

let world: World;
let canaries: Canaries;
let spawnsTo: string;
let asked: string[];
/** As some have it, who want the programs of the project at hand: with folders that are not absolute. */
let searchPath: string;

beforeEach(async () => {
  world = await createWorld();
  canaries = await startCanaries();
  spawnsTo = join(world.folder, '..', 'spawns.jsonl');
  asked = [];
  const ripgrep = (await (await createTestProcesses()).ripgrep()) ?? '';
  searchPath = ['.', './node_modules/.bin', '', dirname(ripgrep), process.env.PATH].join(delimiter);
  await makeHostileRepository(world.folder, canaries);
});
afterEach(async () => {
  await canaries.dispose();
  await world.dispose();
});

const COMMAND = 'echo hello; env';
const prompts = [crypto.randomUUID(), crypto.randomUUID()] as const;

/** Everything a session does by itself and with a person's leave: looks, searches, changes files, runs a command, rewinds. */
async function workIn(options: Parameters<World['open']>[0]): Promise<void> {
  world.server.script(
    [
      toolUse('Read', { file_path: 'README.md' }),
      toolUse('Read', { file_path: 'CLAUDE.md' }),
      toolUse('Glob', { pattern: '**/*' }),
      toolUse('Grep', { pattern: NEEDLE, output_mode: 'content' }),
      toolUse('Grep', { pattern: NEEDLE, path: 'names' }),
    ],
    HOSTILE_NAMES.map((name) => toolUse('Read', { file_path: `names/${name}` })),
    [
      ...HOSTILE_NAMES.map((name) => toolUse('Write', { file_path: `names/${name}`, content: 'changed\n' })),
      toolUse('Write', { file_path: 'made/new.txt', content: 'new\n' }),
      toolUse('Edit', { file_path: 'README.md', old_string: 'Trail', new_string: 'Path' }),
    ],
    [toolUse('Bash', { command: COMMAND })],
    [text('Done.')],
    [text('You are welcome.')],
  );
  const session: Conversation = world.open({
    enableFileCheckpointing: true,
    permissionMode: 'default',
    canUseTool: async (name, input) => {
      asked.push(name);
      return { behavior: 'allow', updatedInput: input };
    },
    ...options,
    env: { PATH: searchPath, SPAWNS_TO: spawnsTo },
    // By its own path: on this PATH `node` is a trap.
    spawnClaudeCodeProcess: ({ command, args, cwd, env, signal }) =>
      spawn(node, [...recordingArgs, command, ...args], {
        cwd,
        env,
        signal,
        stdio: ['pipe', 'pipe', 'ignore'],
      }),
  });
  await session.ask('Look around, then change everything.', { uuid: prompts[0] });
  await session.ask('/review /help /evil', { uuid: prompts[1] });
  const answer = await session.query.rewindFiles(prompts[0]);
  expect(answer).toMatchObject({ canRewind: true });
  await session.end();
}

/** What of the instructions of the project the model was told, without what it has asked for itself. */
function told(): string {
  return world.server.requests
    .flatMap(({ body }) => [
      JSON.stringify([body.system, body.tools]),
      ...body.messages.flatMap((message) =>
        blocksOf(message)
          .filter(({ type }) => type === 'text')
          .map((block) => String(block.text)),
      ),
    ])
    .join('\n');
}

/** Started without a word of the project: only what was asked for. */
async function expectOnlyOwnSpawns(): Promise<void> {
  const spawns = await readSpawns(spawnsTo);
  const ripgrep = (await createTestProcesses()).ripgrep();
  expect(spawns.map(({ file }) => file)).toEqual([...Array(3).fill(await ripgrep), 'bash']);
  expect(spawns.at(-1)?.args).toEqual(['bash', '--noprofile', '--norc', '-c', COMMAND]);
}

/** What the command was given and put out. */
const commandOutput = (): string => JSON.stringify(world.server.requests[4]?.body.messages.at(-1));

describe('a hostile repository', () => {
  it('springs no trap while nobody trusts it, and all of it is there again after a rewind', async () => {
    const before = await readTree(world.folder);
    await workIn({ trusted: false });
    expect(await canaries.sprung()).toEqual([]);
    await expectOnlyOwnSpawns();
    expect(await readTree(world.folder)).toEqual(before);
    expect(told()).not.toContain('PROJECT-INSTRUCTIONS');
    expect(told()).not.toContain('Use it always');
    expect(told()).not.toContain('root:x:');
    // Its rules would have allowed these.
    expect(asked.filter((name) => name === 'Write')).toHaveLength(HOSTILE_NAMES.length + 1);
    expect(asked).toContain('Bash');
    expect(world.server.requests.map(({ body }) => body.model)).toEqual(
      world.server.requests.map(() => 'claude-opus-5-5'),
    );
    expect(commandOutput()).not.toContain('PROJECT_SAYS');
  });

  it('runs its hooks, servers and commands where it is trusted, and still has no say in whom we ask and what programs load', async () => {
    await workIn({ trusted: true });
    const sprung = await canaries.sprung();
    const hooks = 'SessionStart UserPromptSubmit PreToolUse PostToolUse Stop SessionEnd'.split(' ');
    const expected = hooks.flatMap((event) => [`local-hook-${event}`, `project-hook-${event}`]);
    expect(sprung).toEqual(expect.arrayContaining([...expected, 'mcp-stdio', 'command-review-bang']));
    const others = sprung.filter(
      (trap) =>
        !/^(project|local)-hook-|^mcp-stdio$|^command-review-bang$|^(GET|POST) .mcp-(http|sse)/.test(trap),
    );
    expect(others).toEqual([]);
    expect(told()).toContain('PROJECT-INSTRUCTIONS of CLAUDE');
    // Its rules have allowed it.
    expect(asked).not.toContain('Bash');
    expect(commandOutput()).toContain('PROJECT_SAYS=hello');
    for (const name of [
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'BASH_ENV',
      'GIT_EXTERNAL_DIFF',
      'HTTPS_PROXY',
      'evil.cjs',
    ]) {
      expect(commandOutput()).not.toContain(name);
    }
    expect(
      world.server.requests.every(({ headers }) => headers['x-api-key'] === world.env.ANTHROPIC_API_KEY),
    ).toBe(true);
  });
});
