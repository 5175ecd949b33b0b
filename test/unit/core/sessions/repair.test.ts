/** Transcripts on the disk that were damaged in any way: the session opens, and nothing that was whole is lost. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildModelMessages } from '../../../../src/core/model/toApiMessages.ts';
import { Session } from '../../../../src/core/sessions/session.ts';
import { createTranscriptStore, toProjectName } from '../../../../src/node/transcripts.ts';
import type { ContentBlock } from '../../../../src/protocol/blocks.ts';
import { temporaryFolder } from '../../node/temporaryFolder.ts';
import { assistantLine, noteLine, userLine } from './lines.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

// ---- a conversation ----

/** How many calls each reply of a turn makes. */
type Turn = readonly number[];

interface Line {
  readonly text: string;
  /** Of a message; undefined: a note or a record. */
  readonly uuid?: string;
}

/** A conversation on one path, as the session writes it. */
function buildLines(turns: readonly Turn[]): Line[] {
  const lines: Line[] = [];
  let leaf: string | null = null;
  let count = 0;
  const add = (line: {
    readonly uuid?: string;
    readonly type: string;
    readonly [field: string]: unknown;
  }): void => {
    const isMessage = line.type === 'user' || line.type === 'assistant';
    lines.push({
      text: JSON.stringify(line),
      ...(isMessage && line.uuid !== undefined ? { uuid: line.uuid } : {}),
    });
    if (isMessage) leaf = line.uuid ?? leaf;
  };
  const next = (): string => `m${++count}`;
  for (const turn of turns) {
    add(userLine(next(), leaf, `prompt “${count}”`));
    for (const calls of turn) {
      const ids = Array.from({ length: calls }, (_, index) => `t${count}_${index}`);
      const asked = ids.map(
        (id): ContentBlock => ({ type: 'tool_use', id, name: 'Bash', input: { command: '\\"' } }),
      );
      add(assistantLine(next(), leaf, [{ type: 'text', text: 'I look. {"type":"user"}' }, ...asked]));
      for (const id of ids) {
        add({ type: 'belay/tool_started', sessionId: 's', tool_use_id: id });
        add(userLine(next(), leaf, [{ type: 'tool_result', tool_use_id: id, content: `was: ${id}\n` }]));
      }
    }
    add(assistantLine(next(), leaf));
    add(noteLine(`n${count}`, leaf));
  }
  return lines;
}

// ---- what happens to it ----

type Damage =
  | {
      readonly kind: 'cut' | 'tail' | 'doubled' | 'gone' | 'glued';
      readonly line: number;
      readonly at: number;
    }
  | { readonly kind: 'garbage'; readonly line: number; readonly bytes: Uint8Array };

interface Damaged {
  readonly bytes: Buffer;
  /** Messages whose lines are whole, in their order. */
  readonly whole: readonly string[];
}

function damage(lines: readonly Line[], damages: readonly Damage[]): Damaged {
  const parts = lines.map((line) => ({
    bytes: Buffer.from(line.text),
    copies: 1,
    newline: true,
    isWhole: true,
  }));
  let isTorn = false;
  for (const one of damages) {
    const index = one.line % parts.length;
    const part = parts[index];
    if (part === undefined) continue;
    if (one.kind === 'doubled') part.copies = 2;
    else if (one.kind === 'gone') part.copies = 0;
    else if (one.kind === 'glued') part.newline = false;
    else if (one.kind === 'garbage') Object.assign(part, { bytes: Buffer.from(one.bytes), isWhole: false });
    else if (one.kind === 'tail') isTorn = true;
    else Object.assign(part, { bytes: part.bytes.subarray(0, one.at % part.bytes.length), isWhole: false });
  }
  const pieces: { readonly bytes: Buffer; readonly uuid: string | undefined; readonly isWhole: boolean }[] =
    [];
  for (const [index, part] of parts.entries())
    for (let copy = 0; copy < part.copies; copy += 1)
      pieces.push({
        bytes: Buffer.concat([part.bytes, Buffer.from(part.newline || copy + 1 < part.copies ? '\n' : '')]),
        uuid: lines[index]?.uuid,
        isWhole: part.isWhole,
      });
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  const torn = isTorn ? bytes.subarray(0, -2) : bytes;
  return { bytes: torn, whole: findWhole(torn, lines) };
}

/** By a reader of its own: what a line of the file is, byte for byte, is whole. */
function findWhole(bytes: Buffer, lines: readonly Line[]): string[] {
  const known = new Map(lines.map(({ text, uuid }) => [text, uuid]));
  const found = splitLines(bytes).flatMap((line) => known.get(line.toString('utf8')) ?? []);
  return [...new Set(found)];
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(10, start);
    const end = found === -1 ? bytes.length : found;
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines.filter((line) => !/^[ \t\r]*$/.test(line.toString('latin1')));
}

const garbage = fc.oneof(
  fc.constant(Buffer.alloc(300)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => bytes.map((byte) => (byte === 10 ? 11 : byte))),
  fc
    .constantFrom('null', '[]', '{}', '{"type":"user"}', '{"type":3}', '"user"', '{"type":"user","uuid":"m1"')
    .map(Buffer.from),
);
const damages = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'cut' as const,
        'tail' as const,
        'doubled' as const,
        'gone' as const,
        'glued' as const,
      ),
      line: fc.nat(),
      at: fc.nat(),
    }),
    fc.record({ kind: fc.constant('garbage' as const), line: fc.nat(), bytes: garbage }),
  ),
  { minLength: 1, maxLength: 5 },
);
const turns = fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 3 }), { minLength: 1, maxLength: 5 });

// ---- what must hold ----

async function createPlace() {
  const [configDir, cwd] = [await temporaryFolder(), await temporaryFolder()];
  const folder = join(configDir, 'projects', toProjectName(cwd));
  await mkdir(folder, { recursive: true });
  const store = createTranscriptStore({ configDir, cwd });
  let ids = 0;
  const open = (sessionId: string) =>
    Session.open(store, {
      sessionId,
      cwd,
      version: '1',
      log: silent,
      clock: { now: () => 0, monotonic: () => 0, sleep: async () => {} },
      createId: () => `new${++ids}`,
    });
  const read = (name: string) => readFile(join(folder, name)).catch(() => Buffer.alloc(0));
  return { open, folder, read };
}

/** Answers what was left unanswered, as the loop does, and asks on. */
async function goOn(session: Session): Promise<void> {
  const envelope = { type: 'user' as const, parent_tool_use_id: null, session_id: 's' };
  for (const { call } of await session.unansweredCalls()) {
    const content: ContentBlock[] = [
      { type: 'tool_result', tool_use_id: call.id, content: 'It did not run.' },
    ];
    await session.append({ ...envelope, message: { role: 'user', content }, tool_use_result: null });
  }
  await session.append({
    ...envelope,
    message: { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
  });
}

/** I2, in what the model is sent. */
async function expectPaired(session: Session): Promise<void> {
  const messages = buildModelMessages(await session.visibleToModel(), { model: 'claude-opus-5-5' });
  expect(messages[0]?.role).toBe('user');
  let open: readonly string[] = [];
  for (const { role, content } of messages) {
    expect(content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []))).toEqual(
      open,
    );
    open = content.flatMap((block) => (role === 'assistant' && block.type === 'tool_use' ? [block.id] : []));
  }
  expect(open).toEqual([]);
}

const uuidsOf = (session: Session) => session.conversation.path.map(({ uuid }) => uuid);

describe('a transcript that was damaged', () => {
  it('opens with all that is whole, keeps every byte, and pairs calls and results for the model', async () => {
    const { open, folder, read } = await createPlace();
    let runs = 0;
    const property = fc.asyncProperty(turns, damages, async (spoken, changes) => {
      const sessionId = `s${++runs}`;
      const { bytes, whole } = damage(buildLines(spoken), changes);
      await writeFile(join(folder, `${sessionId}.jsonl`), bytes);
      const session = await open(sessionId);
      expect(uuidsOf(session)).toEqual(whole);
      await goOn(session);
      await expectPaired(session);
      await session.close();

      const [kept, aside] = [await read(`${sessionId}.jsonl`), await read(`${sessionId}.jsonl.corrupt`)];
      // I1: every line is one; and each line that was there is there still, or aside.
      for (const line of splitLines(kept))
        expect(JSON.parse(line.toString('utf8'))).toEqual(expect.any(Object));
      const texts = new Set(
        [...splitLines(kept), ...splitLines(aside)].map((line) => line.toString('latin1')),
      );
      for (const line of splitLines(bytes)) expect(texts).toContain(line.toString('latin1'));

      const again = await open(sessionId);
      expect(again.linesSetAside).toBe(0);
      expect(uuidsOf(again)).toEqual(uuidsOf(session));
      await expectPaired(again);
      await again.close();
    });
    await fc.assert(property, { numRuns: 300 });
  }, 120_000);

  it.each([
    ['a result is gone', [[1]], (text: string) => !text.includes('"tool_result"')],
    ['a reply with calls is gone', [[2], [0]], (text: string) => !text.includes('"tool_use"')],
    ['all prompts are gone', [[1], [1]], (text: string) => !text.includes('prompt “')],
  ])('is repaired for the model where %s', async (_, spoken, stays) => {
    const { open, folder } = await createPlace();
    const text = buildLines(spoken)
      .map((line) => line.text)
      .filter(stays)
      .join('\n');
    await writeFile(join(folder, 's.jsonl'), `${text}\n`);
    const session = await open('s');
    await goOn(session);
    await expectPaired(session);
    await session.close();
  });

  it('opens though one of its lines is longer than any that is looked into', async () => {
    const { open, folder, read } = await createPlace();
    const [first, second] = [userLine('u1', null), assistantLine('a1', 'u1')].map((line) =>
      JSON.stringify(line),
    );
    const bad = Buffer.alloc(60 * 1024 * 1024);
    await writeFile(
      join(folder, 's.jsonl'),
      Buffer.concat([Buffer.from(`${first}\n`), bad, Buffer.from(`\n${second}\n`)]),
    );
    const session = await open('s');
    expect([uuidsOf(session), session.linesSetAside]).toEqual([['u1', 'a1'], 1]);
    expect((await session.visibleToModel()).map(({ uuid }) => uuid)).toEqual(['u1', 'a1']);
    await session.close();
    expect((await read('s.jsonl')).toString()).toBe(`${first}\n${second}\n`);
    expect((await read('s.jsonl.corrupt')).length).toBe(bad.length + 1);
  });
});
