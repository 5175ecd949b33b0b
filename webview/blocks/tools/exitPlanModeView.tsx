import type { VNode } from 'preact';
import { Markdown } from '../../markdown/Markdown.tsx';
import { getString } from './toolInput.ts';
import type { ToolCall, ToolView } from './toolView.ts';

/** A plan put forward for approval. */
export const exitPlanModeView: ToolView = {
  icon: 'checklist',
  isFramed: true,
  title: () => ({ verb: 'Plan', subject: '' }),
  hasBody: ({ input }) => getString(input, 'plan') !== '',
  // While it is being decided on, the permission card shows it.
  isOpenByDefault: ({ status }) => status === 'writing' || status === 'done',
  Body: PlanBody,
};

function PlanBody({ call }: { readonly call: ToolCall }): VNode {
  return (
    <div class="tool-prose">
      <Markdown text={getString(call.input, 'plan')} isOpen={call.status === 'writing'} />
    </div>
  );
}
