/**
 * From one model and what came over the channel to the next model. Pure but for the accumulator of a reply in flight,
 * which moves on with the state that owns it. Unknown messages change nothing.
 */

import { type ConversationMessage, parseConversationMessage } from '../../src/protocol/messages.ts';
import { panelMessages } from '../../src/protocol/panel.ts';
import { assertNever } from '../assertNever.ts';
import { Draft } from './draft.ts';
import { type LoadedPage, takePage } from './pages.ts';
import type { PanelModel } from './panelModel.ts';
import { reduceAssistant, reduceStreamEvent } from './reduceReply.ts';
import { reduceSystem } from './reduceSystem.ts';
import { reduceResult, reduceToolProgress, reduceUser } from './reduceTurn.ts';

export type ReduceProblem = (problem: string) => void;

/** `now` is in milliseconds since 1970. */
export function reduce(model: PanelModel, message: unknown, now: number): PanelModel {
  return reduceAll(model, [message], now);
}

/** As `reduce` for each message in turn, with one copy in all. */
export function reduceAll(
  model: PanelModel,
  messages: readonly unknown[],
  now: number,
  onProblem: ReduceProblem = () => {},
): PanelModel {
  if (messages.length === 0) return model;
  let draft = new Draft(model);
  for (const message of messages) {
    const page = readPage(message);
    if (page !== undefined) {
      const read = (start: PanelModel): PanelModel => reduceAll(start, page.messages, now, onProblem);
      draft = new Draft(takePage(draft.finish(), page, read));
      continue;
    }
    if (reducePanelMessage(draft, message)) continue;
    const parsed = parseConversationMessage(message);
    if (parsed.kind === 'message') reduceMessage(draft, parsed.message, now);
    else if (parsed.kind === 'invalid') onProblem(`invalid ${parsed.type || 'message'}: ${parsed.problem}`);
    else onProblem(`unknown message ${parsed.type}`);
  }
  return draft.finish();
}

function readPage(message: unknown): LoadedPage | undefined {
  const subtype = 'belay/page_loaded';
  if ((message as { readonly subtype?: unknown } | null)?.subtype !== subtype) return undefined;
  const parsed = panelMessages[subtype].safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

function reduceMessage(draft: Draft, message: ConversationMessage, now: number): void {
  switch (message.type) {
    case 'assistant':
      return reduceAssistant(draft, message);
    case 'user':
      return reduceUser(draft, message);
    case 'stream_event':
      return reduceStreamEvent(draft, message, now);
    case 'result':
      return reduceResult(draft, message);
    case 'tool_progress':
      return reduceToolProgress(draft, message);
    // What was answered to /clear says it; the history stays on the screen.
    case 'conversation_reset':
      return undefined;
    case 'system':
      return reduceSystem(draft, message, now);
    default:
      return assertNever(message);
  }
}

/** Messages of the host that are no part of the conversation. `belay/panel_reset` is the connection's business. */
function reducePanelMessage(draft: Draft, message: unknown): boolean {
  const subtype = (message as { readonly subtype?: unknown } | null)?.subtype;
  switch (subtype) {
    case 'belay/panel_state': {
      const parsed = panelMessages[subtype].safeParse(message);
      if (parsed.success) draft.set({ host: parsed.data.state });
      return parsed.success;
    }
    case 'belay/composer_focus': {
      const parsed = panelMessages[subtype].safeParse(message);
      if (parsed.success) {
        const { text = null, insert } = parsed.data;
        const count = (draft.get('focusAsked')?.count ?? 0) + 1;
        draft.set({ focusAsked: { text, ...(insert === undefined ? {} : { insert }), count } });
      }
      return parsed.success;
    }
    case 'belay/rewind_ask': {
      const parsed = panelMessages[subtype].safeParse(message);
      const count = (draft.get('rewindAsked')?.count ?? 0) + 1;
      if (!parsed.success) return false;
      const { user_message_id: userMessageId, text = '', targets = null, title = null } = parsed.data;
      draft.set({ rewindAsked: { userMessageId, text, targets, title, count } });
      return true;
    }
    default:
      return false;
  }
}
