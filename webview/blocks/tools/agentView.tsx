import type { VNode } from 'preact';
import { getThread, type Item } from '../../state/panelModel.ts';
import { useModel } from '../../view/context.ts';
import { ThreadItems } from '../../view/ThreadItems.tsx';
import { PlainResult } from './PlainResult.tsx';
import { getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** A subagent: its own conversation, inside the card. */
export const agentView: ToolView = {
  icon: 'organization',
  isFramed: true,
  title: ({ input }) => ({
    verb: 'Agent',
    subject: [getString(input, 'subagent_type'), getString(input, 'description')]
      .filter((part) => part !== '')
      .join(': '),
  }),
  hasBody: ({ input }) => getString(input, 'prompt') !== '',
  isOpenByDefault: () => false,
  Summary: StepCount,
  Body: AgentBody,
};

function AgentBody({ call }: { readonly call: ToolCall }): VNode {
  return (
    <div class="subagent">
      <p class="subagent-prompt">{getString(call.input, 'prompt')}</p>
      <ThreadItems threadId={call.id} />
      <PlainResult call={call} />
    </div>
  );
}

function StepCount({ call }: { readonly call: ToolCall }): VNode | null {
  const count = useModel((model) => countTools(getThread(model, call.id).items));
  if (count === 0) return null;
  return <span class="tool-note">{count === 1 ? '1 step' : `${count} steps`}</span>;
}

function countTools(items: readonly Item[]): number {
  return items.reduce(
    (sum, item) =>
      sum +
      (item.kind === 'reply' ? item.reply.blocks.filter(({ block }) => block.type === 'tool_use').length : 0),
    0,
  );
}
