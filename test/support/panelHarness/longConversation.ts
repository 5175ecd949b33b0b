/** A long conversation of the usual mixture: questions, thoughts, reads, edits, commands, prose with code and tables. */
import { assistantSays, text, thinking, toolResult, toolUse, turnEnds, userSays } from './conversation.ts';

const PROSE = `The list is sorted by **date** now, see [src/list.ts:42](src/list.ts:42).

- newest first
- undated notes last, because \`compareNotes\` puts them there

\`\`\`ts
export function compareNotes(left: Note, right: Note): number {
  if (left.date === null) return right.date === null ? 0 : 1;
  return Number(right.date) - Number(left.date); // newest first
}
\`\`\`

| Case | Before | After |
|---|---|---|
| dated | by name | by date |
`;

/** `count` counts user and assistant messages. */
export function buildLongConversation(count: number): unknown[] {
  const messages: unknown[] = [];
  for (let index = 0; messages.length < count; index += 1) messages.push(...buildTurn(index));
  return messages.slice(0, count);
}

function buildTurn(index: number): unknown[] {
  const id = (name: string): string => `${name}-${index}`;
  const path = `/home/sam/trail-notes/src/part${index % 17}.ts`;
  const before = `export const value${index} = ${index};\nexport const other = 1;\n`;
  return [
    userSays(`Please look at part ${index} and sort it by date.`, id('u')),
    assistantSays(id('a'), [
      thinking('The notes are sorted by name; I should look at the list first.'),
      toolUse(id('read'), 'Read', { file_path: path }),
      toolUse(id('grep'), 'Grep', { pattern: 'sortNotes', path: 'src' }),
    ]),
    toolResult(id('read'), before.repeat(20)),
    toolResult(id('grep'), 'src/list.ts:42'),
    assistantSays(id('b'), [
      text('I will change the order.'),
      toolUse(id('edit'), 'Edit', {
        file_path: path,
        old_string: before,
        new_string: `${before}export const added = true;\n`,
      }),
      toolUse(id('bash'), 'Bash', { command: 'npm test', description: 'Run the tests' }),
    ]),
    toolResult(id('edit'), 'Edited.'),
    toolResult(id('bash'), ' ✓ 12 tests passed\n'.repeat(6)),
    assistantSays(id('c'), [text(PROSE)]),
    turnEnds(id('r')),
  ];
}
