/** What docs/protocol.md shows is so: its lines are sent as they stand there, its commands are run, its tables are complete. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/run.mjs';
import { controlTable } from '../../src/protocol/control.ts';
import { type Ended, type Program, startProgram } from '../support/conformance/program.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { playTwoTurns } from '../support/conformance/twoTurns.ts';
import { text } from '../support/modelServer/steps.ts';

const document = await readFile(join(root, 'docs', 'protocol.md'), 'utf8');

/** The indented lines of a section. */
function examplesOf(heading: string): readonly string[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  const examples = [...own.matchAll(/^ {4}(.*)$/gm)].map(([, line = '']) => line);
  expect(examples, heading).not.toEqual([]);
  return examples;
}

let world: World;
let program: Program | undefined;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(async () => {
  program?.child.kill('SIGKILL');
  await world.dispose();
});

/** A command line of the document, without what may be left out unless it is in `given`. */
function start(command: string, given: Readonly<Record<string, string>> = {}): Program {
  const filled = command
    .replace(/\[([^\]]*)\]/g, (_all, optional: string) =>
      Object.keys(given).some((word) => optional.includes(word)) ? optional : '',
    )
    .replace(/ < .*/, '');
  const [name, ...args] = fill(filled, given).trim().split(/\s+/);
  expect(name).toBe('belay');
  program = startProgram(world, args);
  return program;
}

const fill = (line: string, given: Readonly<Record<string, string>>): string =>
  Object.entries(given).reduce((filled, [word, value]) => filled.replace(word, value), line);

async function run(command: string, given: Readonly<Record<string, string>>): Promise<Ended> {
  const started = start(command, given);
  started.closeInput();
  return started.ended;
}

describe('docs/protocol.md', () => {
  it('shows a request that is sent, its answer, and how it is taken back', async () => {
    const [request = '', answer = '', cancel = ''] = examplesOf('Control requests');
    const [command = ''] = examplesOf('On standard input and output');
    const { write, until, prompt, closeInput, ended } = start(command);
    world.server.script([text('Hello.')]);
    write(`${request}\n`);
    expect(await until(({ type }) => type === 'control_response')).toMatchObject(JSON.parse(answer));
    write(`${cancel}\n`);
    prompt('Say hello.');
    expect(await until(({ type }) => type === 'result')).toMatchObject({ result: 'Hello.' });
    closeInput();
    expect(await ended).toMatchObject({ code: 0 });
  });

  it('shows a case of a permission and what is answered', async () => {
    const [command = '', case_ = '', answer = ''] = examplesOf('Permission cases');
    const { write, closeInput, ended } = start(command);
    write(`${case_}\n`);
    closeInput();
    const { code, messages } = await ended;
    expect({ code, messages }).toEqual({ code: 0, messages: [JSON.parse(answer)] });
  });

  it('shows commands for checkpoints, which do what they say', async () => {
    const [list = '', diff = '', rewind = '', redo = ''] = examplesOf('Checkpoints on the command line');
    const { session, sessionId, first } = await playTwoTurns(world);
    await session.end();
    const listed = await run(list, {});
    expect(listed).toMatchObject({ code: 0, messages: [{ user_message_id: first }, {}, {}] });
    expect((await run(list, { ID: sessionId })).messages).toEqual(listed.messages);
    const shown = await run(diff, { USER_MESSAGE_ID: first, PATH: 'a.txt' });
    expect(shown.messages).toMatchObject([{ before: 'zero\n', after: 'two\n' }]);
    const dry = await run(rewind, { USER_MESSAGE_ID: first, '--dry-run': '--dry-run' });
    expect(dry).toMatchObject({ code: 0, messages: [{ canRewind: true }] });
    expect(await world.content('a.txt')).toBe('two\n');
    expect(await run(rewind, { USER_MESSAGE_ID: first })).toMatchObject({ code: 0 });
    expect(await world.content('a.txt')).toBe('zero\n');
    expect(await run(redo, {})).toMatchObject({ code: 0 });
    expect(await world.content('a.txt')).toBe('two\n');
  });

  it('names every request there is between an agent and its client, and no other', async () => {
    const rows = document.split('\n').filter((line) => line.startsWith('| `'));
    const [, asked = ''] = document.split('\n## Control requests\n');
    const named = new Set(
      [...asked.matchAll(/`([a-z_]+(?:\/[a-z_]+)?)(?: \{[^`]*\})?`/g)].map(([, name]) => name),
    );
    const between = Object.entries(controlTable)
      .filter(([, { answeredBy }]) => ['agent', 'client', 'program'].some((who) => answers(answeredBy, who)))
      .map(([subtype]) => subtype);
    expect(between.filter((subtype) => !named.has(subtype))).toEqual([]);
    const inTables = rows
      .filter((row) => asked.includes(row))
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z_/]+)/g)].map(([, name = '']) => name));
    expect(inTables.filter((name) => !Object.hasOwn(controlTable, name))).toEqual([]);
  });
});

function answers(answeredBy: string | readonly string[], who: string): boolean {
  return answeredBy === who || (Array.isArray(answeredBy) && answeredBy.includes(who));
}
