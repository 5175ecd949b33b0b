/** From what was written to the protocol's user message. */
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import type { EditorContext } from '../../src/protocol/editorContext.ts';
import type { Panel } from '../view/context.ts';
import type { Attachment } from './attachments.ts';

export interface Written {
  readonly kind?: 'message' | 'command';
  /** What is open in the editor, to be told to the model. */
  readonly context?: EditorContext | undefined;
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** Sends it, and shows it as being sent until the agent has it. */
export function sendMessage({ peer, store }: Pick<Panel, 'peer' | 'store'>, written: Written): void {
  const uuid = crypto.randomUUID();
  const content = toContent(written);
  const isCommand = written.kind === 'command';
  const shown = written.text.trim() || written.attachments.map(({ name }) => name).join(', ');
  store.update((model) => ({
    ...model,
    queue: [...model.queue, { uuid, text: shown, isAcknowledged: false, isNow: isCommand }],
  }));
  void peer.send({
    type: 'user',
    message: { role: 'user', content },
    parent_tool_use_id: null,
    session_id: store.get().host?.session_id ?? '',
    uuid,
    ...(written.context === undefined || isCommand ? {} : { belay_context: written.context }),
    // One that is typed while the agent works does not wait until it has finished.
    ...(isCommand ? { belay_input: 'command', priority: 'next' } : {}),
  });
}

function toContent({ text, attachments }: Written): readonly ContentBlock[] {
  const files = attachments.map(({ block }) => block);
  return text.trim() === '' ? files : [...files, { type: 'text', text }];
}
