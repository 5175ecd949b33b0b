/** The words of a compaction: what the model is asked, and what stands in the conversation's place afterwards. */
import type { ToolUseBlock } from '../../protocol/blocks.ts';
import { blocksOf } from '../sessions/conversation.ts';
import type { VisibleLine } from '../sessions/transcriptLine.ts';

export type CompactTrigger = 'manual' | 'auto';

const MAX_PATHS = 15;
const FILE_TOOLS: ReadonlySet<string> = new Set(['Read', 'Edit', 'Write', 'NotebookEdit']);

const ASK = `The conversation is about to be replaced by a summary, because it grows too long. Write that summary now, as text; call no tools. You will have nothing but it to go on from, so put into it:

1. What the user asked for, and every wish, correction and limit they gave, as close to their words as matters.
2. What was done: files looked at and changed (paths, what and why), commands run, decisions and their reasons.
3. Errors that came up and how they were solved; what was tried in vain.
4. What is not done yet, and exactly where the work stands now.
5. The next step, if there is one, with what is needed for it: names, signatures, lines of code.

Leave out what is of no more use. Write nothing before or after the summary.`;

export function buildSummaryRequest(instructions: string): string {
  return instructions === '' ? ASK : `${ASK}\n\nThe user says of this summary: ${instructions}`;
}

/** `lines`: what is summarised, as the model saw it. */
export function buildContinuation(
  summary: string,
  { lines, trigger }: { readonly lines: readonly VisibleLine[]; readonly trigger: CompactTrigger },
): string {
  const calls = lines.flatMap(callsOf);
  return [
    `The conversation so far was replaced by this summary of it:\n\n${summary.trim()}`,
    ...describeTodos(calls),
    ...describeFiles(calls),
    ...(trigger === 'auto'
      ? ['Go on with the task from where it stands; do not ask the user about the summary, nor mention it.']
      : []),
  ].join('\n\n');
}

function callsOf(line: VisibleLine): readonly ToolUseBlock[] {
  return blocksOf(line).filter((block): block is ToolUseBlock => block.type === 'tool_use');
}

function describeTodos(calls: readonly ToolUseBlock[]): readonly string[] {
  const input = inputOf(calls.findLast(({ name }) => name === 'TodoWrite'));
  const todos = Array.isArray(input.todos) ? input.todos : [];
  const items = todos.flatMap((todo: unknown) => {
    const { content, status } = toRecord(todo);
    return typeof content === 'string' ? [`- [${String(status)}] ${content}`] : [];
  });
  return items.length === 0 ? [] : [`The todo list as it stands:\n${items.join('\n')}`];
}

/** Newest last; the model must read them again to know what stands in them. */
function describeFiles(calls: readonly ToolUseBlock[]): readonly string[] {
  const paths = calls.flatMap((call) => {
    if (!FILE_TOOLS.has(call.name)) return [];
    const input = inputOf(call);
    const path = input.file_path ?? input.notebook_path;
    return typeof path === 'string' ? [path] : [];
  });
  const recent = [...new Set(paths.reverse())].slice(0, MAX_PATHS).reverse();
  if (recent.length === 0) return [];
  return [
    `Files you worked with last (read them again before you rely on them):\n${recent.map((path) => `- ${path}`).join('\n')}`,
  ];
}

function inputOf(call: ToolUseBlock | undefined): Record<string, unknown> {
  return toRecord(call?.input);
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
