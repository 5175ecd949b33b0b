import { describe, expect, it } from 'vitest';
import { itemKey } from '../../../src/protocol/itemKey.ts';
import type { ConversationMessage } from '../../../src/protocol/messages.ts';
import { findItems } from '../../../src/vscode/findItems.ts';
import { assistant, prompt, system, toolResult } from './messages.ts';

const call = assistant('call', '');
const said: readonly ConversationMessage[] = [
  prompt('u1', 'Sort the LIST, the list I say'),
  assistant('m1', 'Which list?'),
  {
    ...call,
    message: {
      ...call.message,
      content: [
        { type: 'tool_use', id: 't', name: 'Bash', input: { command: 'cat list', other: 'list list' } },
      ],
    },
  },
  toolResult('r', 't'),
  prompt('u2', 'Never mind'),
  system('local_command_output', { content: 'A list of commands' }),
  assistant('m2', 'The list is gone.'),
];
const entries = said.map((message) => ({ key: itemKey(message), message }));

describe('finding in what a panel does not hold', () => {
  it('counts each item by itself, before and behind what is held', () => {
    expect(findItems(entries, 'LIST', { first: 'user:u2', last: 'user:u2' })).toEqual({
      earlier: [
        { key: 'user:u1', count: 2 },
        { key: 'reply:m1', count: 1 },
        { key: 'reply:call', count: 1 },
      ],
      later: [
        { key: 'notice:x', count: 1 },
        { key: 'reply:m2', count: 1 },
      ],
    });
  });

  it('leaves out the side that is held', () => {
    expect(findItems(entries, 'list', { first: null, last: 'notice:x' })).toEqual({
      earlier: [],
      later: [{ key: 'reply:m2', count: 1 }],
    });
  });

  it('finds nothing for nothing, nor beside what is not there', () => {
    const nothing = { earlier: [], later: [] };
    expect(findItems(entries, ' ', { first: 'user:u2', last: 'user:u2' })).toEqual(nothing);
    expect(findItems(entries, 'list', { first: 'user:gone', last: 'user:gone' })).toEqual(nothing);
  });
});
