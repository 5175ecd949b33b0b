// A long conversation as the transcript store keeps it: questions, tool calls with their results, answers in Markdown.

import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toProjectName } from '../../src/node/transcripts.ts';

export interface TranscriptOptions {
  readonly configDir: string;
  /** The folder the conversation was about. */
  readonly cwd: string;
  /** A multiple of four: each exchange has a question, a call, its result and an answer. */
  readonly messages: number;
  /** The first question, by which the session is found again. */
  readonly title: string;
  /** The last words. */
  readonly end: string;
}

/** Writes the transcript of a session. Resolves to its size in bytes. */
export async function writeTranscript(options: TranscriptOptions): Promise<number> {
  const folder = join(options.configDir, 'projects', toProjectName(await realpath(options.cwd)));
  await mkdir(folder, { recursive: true });
  const text = `${buildLines(options)
    .map((line) => JSON.stringify(line))
    .join('\n')}\n`;
  await writeFile(join(folder, `${sessionId}.jsonl`), text);
  return Buffer.byteLength(text);
}

const sessionId = '5a3c1f00-0000-4000-8000-000000000000';

function buildLines({ cwd, messages, title, end }: TranscriptOptions): object[] {
  const exchanges = messages / 4;
  const bodies = Array.from({ length: exchanges }, (_, index) => {
    const question = index === 0 ? title : `Now do the same for trail number ${index}, please.`;
    const answer = index === exchanges - 1 ? `${buildAnswer(index)}\n\n${end}` : buildAnswer(index);
    return buildExchange({ index, cwd, question, answer });
  }).flat();
  return bodies.map((body, index) => ({
    ...body,
    uuid: toUuid(index),
    parentUuid: index === 0 ? null : toUuid(index - 1),
    session_id: sessionId,
    sessionId,
    parent_tool_use_id: null,
    timestamp: new Date(Date.UTC(2026, 9, 1) + index * 1000).toISOString(),
    cwd,
    version: '0.1.0',
    isSidechain: false,
    userType: 'external',
  }));
}

interface Exchange {
  readonly index: number;
  readonly cwd: string;
  readonly question: string;
  readonly answer: string;
}

function buildExchange({ index, cwd, question, answer }: Exchange): object[] {
  const { call, result, details } = buildCall(index, cwd);
  return [
    { type: 'user', message: { role: 'user', content: [{ type: 'text', text: question }] } },
    {
      type: 'assistant',
      message: toReply(`msg_call_${index}`, [{ type: 'text', text: 'Let me look at that first.' }, call]),
    },
    { type: 'user', message: { role: 'user', content: [result] }, tool_use_result: details },
    { type: 'assistant', message: toReply(`msg_answer_${index}`, [{ type: 'text', text: answer }]) },
  ];
}

/** A file that was read, a change, or a command, in turn. */
function buildCall(index: number, cwd: string) {
  const id = `toolu_${String(index).padStart(6, '0')}`;
  const path = `${cwd}/src/trail${index}.js`;
  const kinds = [
    {
      name: 'Read',
      input: { file_path: path },
      content: buildCode(index, 30)
        .split('\n')
        .map((line, at) => `${at + 1}\t${line}`)
        .join('\n'),
      details: { type: 'text', file: { filePath: path, numLines: 30 } },
    },
    {
      name: 'Edit',
      input: { file_path: path, old_string: buildCode(index, 6), new_string: buildCode(index + 1, 8) },
      content: `${path} has been changed.`,
      details: { filePath: path, oldString: buildCode(index, 6), newString: buildCode(index + 1, 8) },
    },
    {
      name: 'Bash',
      input: { command: `node --test test/trail${index}.test.js`, description: 'Run the tests' },
      content: buildOutput(index),
      details: { stdout: buildOutput(index), stderr: '', interrupted: false, exitCode: 0, ending: '' },
    },
  ];
  const { name, input, content, details } = kinds[index % kinds.length] ?? kinds[0] ?? never();
  return {
    call: { type: 'tool_use', id, name, input },
    result: { type: 'tool_result', tool_use_id: id, content },
    details,
  };
}

function toReply(id: string, content: readonly object[]): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1200, output_tokens: 300 },
  };
}

/** Markdown of the kinds a model writes most: paragraphs, a list, a table now and then, a block of code. */
export function buildAnswer(index: number): string {
  const table =
    index % 5 === 0 ? '\n\n| Trail | Length |\n|---|---|\n| North | 12 km |\n| South | 9 km |' : '';
  return `The **trail ${index}** was sorted by \`name\` instead of by date, so walks of the same name changed places
whenever the list was drawn. The comparison now looks at the date first.

- \`compareWalks\` takes two walks and gives a number
- walks without a date come last, in the order they were entered
- the test for this is in \`test/trail${index}.test.js\`${table}

\`\`\`js
${buildCode(index, 7)}
\`\`\`

Nothing else used the old order.`;
}

function buildCode(index: number, lines: number): string {
  return Array.from({ length: lines }, (_, at) =>
    at % 3 === 2
      ? `  return walks.filter((walk) => walk.length > ${index + at}); // long ones`
      : `const walk${index}_${at} = { name: 'Trail ${at}', length: ${index % 17}, date: '2026-10-0${(at % 9) + 1}' };`,
  ).join('\n');
}

function buildOutput(index: number): string {
  const lines = Array.from(
    { length: 12 },
    (_, at) => `✔ walk ${at} of trail ${index} is in order (${at}.${index % 10}ms)`,
  );
  return [...lines, 'ℹ tests 12', 'ℹ pass 12', 'ℹ fail 0'].join('\n');
}

function toUuid(index: number): string {
  return `5a3c1f00-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
}

function never(): never {
  throw new Error('There is a kind of call for every index.');
}
