/** What the tests of subagents share: a model that answers each agent by a script of its own. */
import type { ModelRequest } from '../../../../src/core/model/modelRequest.ts';
import type { AgentDefinition } from '../../../../src/protocol/agents.ts';
import type { ContentBlock, ToolResultBlock } from '../../../../src/protocol/blocks.ts';
import type { ConversationMessage } from '../../../../src/protocol/messages.ts';
import type { StreamEvent } from '../../../../src/protocol/streamEvents.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../../support/agentHarness.ts';
import { MemoryStorage } from '../../../support/memory/storage.ts';
import type { ScriptedReply } from '../../../support/scriptedModel.ts';

export const text = (value: string): ContentBlock => ({ type: 'text', text: value });

export const call = (id: string, name: string, input: object = {}): ContentBlock => ({
  type: 'tool_use',
  id,
  name,
  input,
});

/** A call of the Agent tool; the prompt names the script that answers it. */
export const agent = (id: string, prompt: string, more: object = {}): ContentBlock =>
  call(id, 'Agent', { description: `do ${prompt}`, prompt, ...more });

export interface AgentHarnessOptions extends Omit<HarnessOptions, 'replies'> {
  /** By the prompt, of the user or of the call: the replies to the requests of that conversation, in order. */
  readonly scripts: Readonly<Record<string, readonly ScriptedReply[]>>;
  readonly agents?: Readonly<Record<string, AgentDefinition>>;
}

export function createAgentHarness({ scripts, agents = {}, ...setup }: AgentHarnessOptions): Harness {
  const asked = new Map<string, number>();
  const answer: ScriptedReply = (request, signal) => {
    const prompt = promptOf(request, scripts);
    const count = asked.get(prompt) ?? 0;
    asked.set(prompt, count + 1);
    const reply = scripts[prompt]?.[count];
    if (reply === undefined) throw new Error(`the script "${prompt}" has no reply ${count + 1}`);
    return typeof reply === 'function' ? reply(request, signal) : replay(reply);
  };
  return createHarness({
    ...setup,
    replies: Array.from({ length: 50 }, () => answer),
    ports: { storage: new MemoryStorage(), ...setup.ports },
    options: { subagents: { definitions: agents }, ...setup.options },
  });
}

async function* replay(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
}

/** The last thing said by a person or a caller that a script is for. */
function promptOf({ messages }: ModelRequest, scripts: AgentHarnessOptions['scripts']): string {
  const said = messages.flatMap(({ role, content }) =>
    role === 'user' ? content.flatMap((block) => (block.type === 'text' ? [block.text] : [])) : [],
  );
  return said.findLast((prompt) => Object.hasOwn(scripts, prompt)) ?? '';
}

/** The requests of the conversation that began with this prompt. */
export function requestsOf(harness: Harness, prompt: string): ModelRequest[] {
  return harness.model.requests.filter(({ messages }) => {
    const [first] = messages[0]?.content ?? [];
    return first?.type === 'text' && first.text === prompt;
  });
}

export function resultsIn(request: ModelRequest | undefined): ToolResultBlock[] {
  const blocks = request?.messages.flatMap(({ content }) => content) ?? [];
  return blocks.filter((block): block is ToolResultBlock => block.type === 'tool_result');
}

/** Messages of the subagent that runs under this call. */
export function threadOf(harness: Harness, toolUseId: string): ConversationMessage[] {
  return harness.messages.filter(
    (message) => 'parent_tool_use_id' in message && message.parent_tool_use_id === toolUseId,
  );
}

export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
