/** Agent: hands a task to a subagent, and answers what it said in the end. */
import * as z from 'zod';
import type { AgentDefinition } from '../../protocol/agents.ts';
import type { TextBlock } from '../../protocol/blocks.ts';
import type { ModelUsage } from '../../protocol/usage.ts';
import type { UsageTotals } from '../loop/usageTotals.ts';
import type { BackgroundTask } from '../tools/backgroundTasks.ts';
import { type Tool, type ToolContext, ToolInputError, type ToolOutcome } from '../tools/tool.ts';
import { fail, isFailure, runQuietly, succeed, type ToolFailure } from '../tools/toolOutcome.ts';
import { toWellFormed } from '../tools/wellFormed.ts';
import { GENERAL_PURPOSE } from './builtinAgents.ts';
import type { SubagentReport } from './runSubagent.ts';
import { AGENT_TOOL } from './toolNames.ts';

const inputSchema = z.object({
  description: z.string().min(1).describe('The task in three to five words, for the user'),
  prompt: z.string().min(1).describe('The task, with everything the subagent must know'),
  subagent_type: z.string().optional().describe(`Which kind; default: ${GENERAL_PURPOSE}`),
  model: z
    .string()
    .optional()
    .describe('A family of models (haiku, sonnet, opus, fable), only where the user asked for it'),
  run_in_background: z
    .boolean()
    .optional()
    .describe('Answer at once, and let the subagent go on beside; you are told when it has ended'),
});
type AgentInput = z.infer<typeof inputSchema>;

/** A call, with all that the one who starts the subagent must know. */
export interface AgentCall {
  readonly type: string;
  readonly definition: AgentDefinition;
  readonly description: string;
  readonly prompt: string;
  /** As the model named it. */
  readonly model: string | undefined;
  readonly toolUseId: string;
  readonly userMessageId: string;
}

export interface RanSubagent extends SubagentReport {
  readonly agentId: string;
  readonly model: string;
}

/** One that works in the background. */
export type StartedSubagent = BackgroundTask & { readonly model: string };

export interface AgentToolDeps {
  /** What the model is told of. */
  readonly told: ReadonlyMap<string, AgentDefinition>;
  /** What there is at the time of a call. */
  readonly definitions: () => Promise<ReadonlyMap<string, AgentDefinition>>;
  /** To its end, unless it is moved to the background before that. */
  run(call: AgentCall, signal: AbortSignal): Promise<RanSubagent | StartedSubagent>;
  start(call: AgentCall): Promise<StartedSubagent>;
}

/** Fields as the Agent SDK's AgentOutput. */
export type AgentOutput =
  | {
      readonly status: 'completed';
      readonly agentId: string;
      readonly agentType: string;
      readonly prompt: string;
      readonly content: readonly TextBlock[];
      readonly resolvedModel: string;
      readonly totalToolUseCount: number;
      readonly totalDurationMs: number;
      readonly totalTokens: number;
      readonly usage: UsageTotals;
      /** Belay: with its cost. */
      readonly modelUsage: Readonly<Record<string, ModelUsage>>;
    }
  | {
      readonly status: 'async_launched';
      readonly isAsync: true;
      readonly agentId: string;
      readonly description: string;
      readonly prompt: string;
      readonly resolvedModel: string;
      readonly outputFile: string;
    };

export function createAgentTool(deps: AgentToolDeps): Tool<AgentInput, AgentOutput | ToolFailure> {
  return {
    name: AGENT_TOOL,
    description: 'Hands a task to a subagent.',
    prompt: buildPrompt(deps.told),
    inputSchema,
    // What it does it does through calls of its own, which are judged one by one.
    isReadOnly: () => false,
    isConcurrencySafe: () => true,
    effects: async (input) => {
      await findDefinition(input, deps);
      return [];
    },
    run: (input, context) => runQuietly(() => runAgent(input, context, deps)),
    toResultContent: (output) => {
      if (isFailure(output)) return toWellFormed(output.error);
      return output.status === 'completed' ? describeEnd(output) : describeStart(output);
    },
    title: ({ description, subagent_type }) =>
      description === undefined ? 'Start a subagent' : `${subagent_type ?? 'Agent'}: ${description}`,
  };
}

async function runAgent(
  input: AgentInput,
  { toolUseId, userMessageId, signal }: ToolContext,
  deps: AgentToolDeps,
): Promise<ToolOutcome<AgentOutput | ToolFailure>> {
  const { type, definition } = await findDefinition(input, deps);
  const { description, prompt, model } = input;
  const call = { type, definition, description, prompt, model, toolUseId, userMessageId };
  if (input.run_in_background === true || definition.background === true) {
    return succeed(toLaunched(await deps.start(call), call));
  }
  const ran = await deps.run(call, signal);
  if ('outputFile' in ran) return succeed(toLaunched(ran, call));
  if (ran.failure !== undefined) return fail(ran.failure);
  return succeed({
    status: 'completed',
    agentId: ran.agentId,
    agentType: type,
    prompt,
    content: [{ type: 'text', text: ran.text }],
    resolvedModel: ran.model,
    totalToolUseCount: ran.toolUses,
    totalDurationMs: ran.durationMs,
    totalTokens: ran.totalTokens,
    usage: ran.usage,
    modelUsage: ran.modelUsage,
  });
}

function toLaunched(
  { id, outputFile, model: resolvedModel }: StartedSubagent,
  { description, prompt }: AgentCall,
): AgentOutput {
  const ids = { agentId: id, description, prompt, resolvedModel, outputFile };
  return { status: 'async_launched', isAsync: true, ...ids };
}

async function findDefinition(
  { subagent_type: type = GENERAL_PURPOSE }: AgentInput,
  { definitions }: AgentToolDeps,
): Promise<{ readonly type: string; readonly definition: AgentDefinition }> {
  const known = await definitions();
  const definition = known.get(type);
  if (definition !== undefined) return { type, definition };
  throw new ToolInputError(
    `There is no kind of subagent named ${JSON.stringify(type)}. There are: ${[...known.keys()].join(', ')}.`,
  );
}

function buildPrompt(told: ReadonlyMap<string, AgentDefinition>): string {
  const kinds = [...told].map(([name, definition]) => `- ${name}: ${describeKind(definition)}`);
  return `Hands a task to a subagent: another agent with an empty memory, which works by itself and answers with one message.

The kinds there are:
${kinds.join('\n')}

- Use it for work that would fill your own context with what you don't need later (broad searches, long outputs), for parts of a task that don't depend on each other, and where a kind is made for just this. Don't use it for what one or two calls of your own would do.
- The subagent knows nothing of this conversation. Write the prompt so that somebody who walks in could do it: what is wanted and why, where to look, what is known already, what the answer must hold, and whether files may be changed.
- Several calls in one reply run side by side. Don't let two of them change the same files.
- What it answers is for you, not for the user: say yourself what of it matters. Check what is important.
- With run_in_background you go on meanwhile, and are told with a later message when it has ended; TaskStop ends it.`;
}

function describeKind({ description, tools }: AgentDefinition): string {
  const text = description.trim();
  return tools === undefined ? text : `${text} (Tools: ${tools.length === 0 ? 'none' : tools.join(', ')})`;
}

function describeEnd(output: Extract<AgentOutput, { status: 'completed' }>): TextBlock[] {
  const { agentId, totalTokens, totalToolUseCount, totalDurationMs } = output;
  const usage = formatUsage({
    total_tokens: totalTokens,
    tool_uses: totalToolUseCount,
    duration_ms: totalDurationMs,
  });
  return [
    ...output.content.map((block) => ({ ...block, text: toWellFormed(block.text) })),
    { type: 'text', text: `agentId: ${agentId}\n${usage}` },
  ];
}

function describeStart({ agentId, outputFile }: Extract<AgentOutput, { status: 'async_launched' }>): string {
  return `The subagent ${agentId} works in the background. What it says goes to ${outputFile}. You will be told when it has ended.`;
}

/** How much a subagent used, for the model that asked it. */
export function formatUsage(usage: NonNullable<BackgroundTask['report']>['usage']): string {
  const lines = Object.entries(usage).map(([name, count]) => `${name}: ${Math.round(count)}`);
  return `<usage>${lines.join('\n')}</usage>`;
}
