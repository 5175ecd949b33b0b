/** What is said and done in the sessions of the crash test, and where they are cut off; all of it by a seed. */
import type { ApiRequest } from '../modelServer/apiRequest.ts';
import { type Reply, text, thinking, toolUse, toolUseText } from '../modelServer/steps.ts';

/** So many bytes that a write takes several steps; in long lines, since a difference of thousands of lines takes longer than all the rest. */
const long = (words: string, lines: number): string => `${words.repeat(100)}\n`.repeat(lines);

/** Files before the first message. */
export const INITIAL: Readonly<Record<string, string>> = {
  'a.txt': long('alpha, as it was ', 8),
  'b.txt': 'one\ntwo\nthree\n',
};

/** What tools may make of each file; besides, it may be as it was before the first message. */
export const WRITTEN: Readonly<Record<string, string>> = {
  'a.txt': long('alpha, rewritten ', 12),
  'b.txt': 'one\n2\nthree\n',
  'new/deep/c.txt': long('gamma ', 25),
  'd.txt': 'delta\n',
};

/** The file that commands append to; a rewind takes it back. */
export const LOG = 'log.txt';

/** What commands have run, a line each; outside of the folder and of every checkpoint. */
export const RAN = '../ran.txt';

const write = (file: string, content = WRITTEN[file]) =>
  // In one piece: a delta for every 12 characters of 50 kB takes longer than all the rest.
  toolUseText('Write', JSON.stringify({ file_path: file, content }));
const read = (file: string) => toolUse('Read', { file_path: file });
/** A command that takes a moment, adds a line to both files, and tells what of the environment it has. */
const append = (line: string) =>
  toolUse('Bash', { command: `env; sleep 0.0${line.length}; echo ${line} | tee -a ${RAN} >> ${LOG}` });

/** The prompts of the first process; each names its turn. */
export const TURNS = ['one', 'two', 'three'];

const REPLIES: Readonly<Record<string, readonly Reply[]>> = {
  one: [
    [thinking('First I look at both files.'), read('a.txt'), read('b.txt')],
    [text('I write two files.'), write('new/deep/c.txt'), write('a.txt')],
    [text('Both are written.')],
  ],
  two: [
    [thinking('An edit now.'), toolUse('Edit', { file_path: 'b.txt', old_string: 'two', new_string: '2' })],
    [append('two')],
    [text('Edited, and run.')],
  ],
  three: [[append('three'), write('d.txt'), read('b.txt'), append('side')], [text('All done.')]],
};

/** The turn of a process that goes on with the session: a call of each kind that must be asked for. */
function repliesAgain(turn: string): readonly Reply[] {
  return [
    [thinking('Where was I?'), read('b.txt'), append(turn)],
    [write(`${turn}.txt`, turn)],
    [text('Here again.')],
  ];
}

/** The same reply to the same conversation, however often it is asked for. */
export function replyTo({ messages }: ApiRequest): Reply {
  let turn = '';
  let replies = 0;
  for (const { role, content } of messages) {
    if (role === 'assistant') replies += 1;
    const named = /.*TURN (\w+)/s.exec(role === 'user' ? said(content) : '')?.[1];
    if (named === undefined) continue;
    turn = named;
    replies = 0;
  }
  return (REPLIES[turn] ?? repliesAgain(turn))[replies] ?? [text('There is nothing left to do.')];
}

/** Only what a person types, not results, in which the files may speak of anything. */
function said(content: ApiRequest['messages'][number]['content']): string {
  if (typeof content === 'string') return content;
  return content.map((block) => (block.type === 'text' ? String(block.text) : '')).join('\n');
}

/** Where a process is killed. `delay`: milliseconds from there. */
export type KillPoint =
  | { readonly at: 'bytes'; readonly count: number; readonly delay: number }
  | { readonly at: 'start'; readonly delay: number }
  | { readonly at: 'request'; readonly count: number; readonly delay: number }
  | { readonly at: 'step'; readonly count: number; readonly steps: number; readonly delay: number }
  | { readonly at: 'answer'; readonly count: number; readonly delay: number }
  /** As the temporary file of a write appears in the folder. */
  | { readonly at: 'write'; readonly count: number; readonly delay: number }
  | { readonly at: 'rewind'; readonly delay: number };

export interface Plan {
  /** One for each process that is killed. */
  readonly kills: readonly KillPoint[];
  /** With the first permission the person accepts all edits of the session. */
  readonly acceptsEdits: boolean;
  readonly partialMessages: boolean;
}

export function planOf(seed: number): Plan {
  const random = createRandom(seed);
  const kills = [pickKill(random, 9, 12)];
  if (random(4) === 0) kills.push(pickKill(random, 3, 4));
  return { kills, acceptsEdits: random(3) === 0, partialMessages: random(2) === 0 };
}

type Random = (below: number) => number;

/** `requests`, `answers`: so many there are, about, before the process is done. */
function pickKill(random: Random, requests: number, answers: number): KillPoint {
  const delay = random(2) === 0 ? random(4) : random(60);
  const count = 1 + random(requests);
  switch (random(7)) {
    case 0:
      return { at: 'bytes', count: random(30_000), delay: 0 };
    case 1:
      return { at: 'start', delay: random(600) };
    case 2:
      return { at: 'request', count, delay };
    case 3:
      return { at: 'step', count, steps: random(4), delay };
    case 4:
      return { at: 'answer', count: 1 + random(Math.ceil(answers / 2)), delay };
    case 5:
      return { at: 'write', count: 1 + random(3), delay: random(3) };
    default:
      return { at: 'rewind', delay: random(40) };
  }
}

/** Mulberry32: whole numbers from 0 to below the given one, the same for the same seed. */
function createRandom(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
