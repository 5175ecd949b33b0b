/** A conversation that is told by pages, as the editor's host does, for panels with a scripted host. */
import type { RequestOf } from '../../../src/protocol/control.ts';
import { parseConversationMessage } from '../../../src/protocol/messages.ts';
import { ConversationLog } from '../../../src/vscode/conversationLog.ts';
import type { Answers, ScriptedHost, Snapshot } from './scriptedHost.ts';

export interface PagedConversation {
  readonly answers: Partial<Answers>;
  /** The host that tells the pages. */
  attach(host: ScriptedHost): void;
  /** Goes on with it. */
  say(...messages: readonly unknown[]): void;
}

export function createPagedConversation(snapshot: Snapshot, messages: readonly unknown[]): PagedConversation {
  const log = new ConversationLog({ sessionId: snapshot.state.session_id, now: Date.now });
  const add = (message: unknown): void => {
    const parsed = parseConversationMessage(message);
    if (parsed.kind !== 'message')
      throw new Error(`No message of a conversation: ${JSON.stringify(message)}`);
    log.add(parsed.message);
  };
  messages.forEach(add);
  let host: ScriptedHost | undefined;
  const load = ({ before, after, around }: RequestOf<'belay/page_load'>): boolean => {
    const page = log.page({ before, after, around });
    if (page === undefined) return false;
    const at = before !== undefined ? 'start' : after !== undefined ? 'end' : 'all';
    const key = before ?? after ?? around ?? null;
    host?.send({ type: 'system', subtype: 'belay/page_loaded', at, key, ...page });
    return true;
  };
  return {
    attach(to) {
      host = to;
    },
    say(...said) {
      said.forEach(add);
      host?.send(...said);
    },
    answers: {
      'belay/panel_ready': async () => {
        const { view } = snapshot;
        const place = view.scroll === null ? undefined : log.page({ around: view.scroll.anchor });
        const {
          messages: told,
          earlier,
          later,
        } = place ?? log.page() ?? { messages: [], earlier: false, later: false };
        return { ...snapshot, messages: [...told, ...log.present()], earlier, later, todos: log.todos() };
      },
      'belay/page_load': async (request) => ({ found: load(request) }),
      'belay/conversation_find': async ({ text, first, last }) => {
        const { earlier, later } = log.find(text, { first, last });
        return { earlier: [...earlier], later: [...later] };
      },
    },
  };
}
