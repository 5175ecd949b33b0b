/** How far the script has come: read from the request alone, so that nothing needs to be remembered. */
import * as z from 'zod';

const block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  tool_use_id: z.string().optional(),
  content: z.unknown().optional(),
  is_error: z.boolean().optional(),
});
const requestBody = z.looseObject({
  system: z.union([z.string(), z.array(block)]).optional(),
  tools: z.array(z.looseObject({ name: z.string() })).optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(block)]) })),
});

type Block = z.infer<typeof block>;

/** A call that was made since the user spoke last, and what came of it. */
export interface DoneCall {
  readonly stage: string;
  readonly name: string;
  readonly isError: boolean;
  /** What the tool answered. */
  readonly text: string;
}

export interface Turn {
  /** What the user said last. */
  readonly asked: string;
  /** The folder the agent works in; undefined: none is open. */
  readonly cwd: string | undefined;
  readonly tools: ReadonlySet<string>;
  /** Messages so far: makes ids of calls unique in the conversation. */
  readonly length: number;
  readonly done: readonly DoneCall[];
}

/** Throws when the body is no request of the Messages API. */
export function readTurn(body: unknown): Turn {
  const { system = [], tools = [], messages } = requestBody.parse(body);
  const contents = messages.map(({ role, content }) => ({ role, blocks: toBlocks(content) }));
  const spoke = contents.findLastIndex(({ role, blocks }) => role === 'user' && textOf(blocks) !== '');
  const since = contents.slice(spoke + 1);
  return {
    asked: textOf(contents[spoke]?.blocks ?? []),
    cwd: findWorkingDirectory(textOf(toBlocks(system))),
    tools: new Set(tools.map(({ name }) => name)),
    length: messages.length,
    done: readDone(since.flatMap(({ blocks }) => blocks)),
  };
}

export function buildCallId(stage: string, turn: Turn, place: number): string {
  return `toolu_${turn.length}_${place}_${stage}`;
}

function readDone(blocks: readonly Block[]): readonly DoneCall[] {
  const results = new Map(
    blocks.filter(({ type }) => type === 'tool_result').map((result) => [result.tool_use_id, result]),
  );
  return blocks.flatMap(({ type, id = '', name = '' }) => {
    const stage = /^toolu_\d+_\d+_(.+)$/.exec(id)?.[1];
    if (type !== 'tool_use' || stage === undefined) return [];
    const result = results.get(id);
    return [{ stage, name, isError: result?.is_error === true, text: resultText(result?.content) }];
  });
}

/** What a person said; what Belay adds for the model stands in angle brackets. */
function textOf(blocks: readonly Block[]): string {
  return blocks
    .flatMap(({ type, text }) =>
      type === 'text' && text !== undefined && !text.startsWith('<') ? [text] : [],
    )
    .join('\n')
    .trim();
}

function resultText(content: unknown): string {
  const parsed = z.union([z.string(), z.array(block)]).safeParse(content);
  return parsed.success
    ? toBlocks(parsed.data)
        .map(({ text = '' }) => text)
        .join('\n')
    : '';
}

function toBlocks(content: string | readonly Block[]): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** The system prompt has it on a line of its own. */
function findWorkingDirectory(system: string): string | undefined {
  return /^Working directory: (.+)$/m.exec(system)?.[1]?.trim();
}
