import { describe, expect, it } from 'vitest';
import type { ConversationMessage } from '../../../src/protocol/messages.ts';
import { toJsonLines, toMarkdown } from '../../../src/vscode/conversationText.ts';
import { assistant, prompt, result, system, toolResult } from './messages.ts';

const call = assistant('m2', '');
const said: readonly ConversationMessage[] = [
  prompt('u1', 'Sort **this**, please'),
  assistant('m1', 'I will look.'),
  {
    ...call,
    message: {
      ...call.message,
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: '' },
        {
          type: 'tool_use',
          id: 't1',
          name: 'Bash',
          input: { command: 'cat `x`\n  ls', description: 'Look' },
        },
        { type: 'tool_use', id: 't2', name: 'TodoWrite', input: { todos: [] } },
      ],
    },
  },
  toolResult('r1', 't1'),
  { ...assistant('s1', 'of a subagent'), parent_tool_use_id: 't1' },
  system('informational', { content: 'The beginning\nis missing.', level: 'info' }),
  { ...prompt('n1', 'for the model alone'), isSynthetic: true },
  assistant('m3', '  Done.\n'),
  result(),
  prompt('u2', '!cat notes.md'),
  system('local_command_output', { content: '```\n  left\n```\n', is_terminal: true }),
  prompt('u3', 'Thanks'),
];

describe('a conversation to take along', () => {
  it('is in Markdown what was said, with a line for each call', () => {
    expect(toMarkdown(said, 'Sort the notes')).toBe(
      [
        '# Sort the notes',
        '## You',
        'Sort **this**, please',
        '## Belay',
        'I will look.',
        '- **Bash** ``cat `x` ⏎ ls``',
        '- **TodoWrite**',
        '> The beginning\n> is missing.',
        'Done.',
        '## You',
        '!cat notes.md',
        '````\n```\n  left\n```\n````',
        '## You',
        'Thanks\n',
      ].join('\n\n'),
    );
  });

  it('is in JSON lines all that came over the wire', () => {
    const lines = toJsonLines(said).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(said);
  });

  it('has a heading also without a title', () => {
    expect(toMarkdown([], '')).toBe('# Conversation\n');
  });
});
