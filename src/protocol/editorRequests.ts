/** The control requests that the VS Code host answers, asked by its panel. */
import * as z from 'zod';
import { rewindTarget } from './checkpoints.ts';
import { spec } from './controlSpec.ts';
import { failureAction } from './failure.ts';
import { userMessage } from './messages.ts';
import { foundItem, panelState, panelView, providerKind, reviewAction, sessionInfo } from './panel.ts';

const empty = z.looseObject({});
/** `problem`: why it could not be done, for a person. */
const sessionChanged = z.looseObject({ problem: z.string().optional() });

export const editorRequests = {
  /** The panel is there (first time, or rebuilt). The host answers with everything it needs to draw itself. */
  'belay/panel_ready': spec(
    'editor',
    empty,
    z.looseObject({
      state: panelState,
      view: panelView,
      /** Of the editor, and what the panel says in it, by the English text; absent: English. */
      language: z.string().optional(),
      texts: z.record(z.string(), z.string()).optional(),
      /**
       * The newest messages of the conversation, in order, or those around the place of `view`; a reply in flight as a few
       * events.
       */
      messages: z.array(z.unknown()),
      /** Something was said before them, or behind them, that `belay/page_load` tells. */
      earlier: z.boolean().optional(),
      later: z.boolean().optional(),
      /** The input of the newest call of TodoWrite, wherever in the conversation it is. */
      todos: z.unknown().optional(),
      /** An old conversation is still being read: `messages` is empty, and a `belay/panel_reset` follows. */
      loading: z.boolean().optional(),
    }),
  ),
  /**
   * Tell another part of the conversation: beside, behind or around an item (see `itemKey.ts`), or, with nothing named, its
   * end. It comes as `belay/page_loaded`, in order with what is being said. False: there is no such item any more.
   */
  'belay/page_load': spec(
    'editor',
    z.looseObject({
      before: z.string().optional(),
      after: z.string().optional(),
      around: z.string().optional(),
    }),
    z.looseObject({ found: z.boolean() }),
  ),
  /** Find a text in what lies outside of the items that the panel holds, without regard to case. */
  'belay/conversation_find': spec(
    'editor',
    z.looseObject({ text: z.string(), first: z.string().nullable(), last: z.string().nullable() }),
    z.looseObject({ earlier: z.array(foundItem), later: z.array(foundItem) }),
  ),
  /** Remember draft, scroll and open cards, so that they survive the end of the webview. */
  'belay/view_save': spec('editor', panelView, empty),
  'belay/session_list': spec('editor', empty, z.looseObject({ sessions: z.array(sessionInfo) })),
  /** The sessions of this folder in which somebody said these words, newest first. */
  'belay/session_search': spec(
    'editor',
    z.looseObject({ text: z.string() }),
    /** `complete` false: the oldest were not looked into, that would take too long. */
    z.looseObject({ session_ids: z.array(z.string()), complete: z.boolean() }),
  ),
  'belay/session_rename': spec(
    'editor',
    z.looseObject({ session_id: z.string(), title: z.string() }),
    sessionChanged,
  ),
  /** `tag`: as in SessionInfo; empty: none. */
  'belay/session_tag': spec(
    'editor',
    z.looseObject({ session_id: z.string(), tag: z.string() }),
    sessionChanged,
  ),
  /** Go on with a copy in this panel; the session stays as it is. */
  'belay/session_fork': spec('editor', z.looseObject({ session_id: z.string() }), sessionChanged),
  /**
   * Go on in this panel with a copy of its session that ends before this message of the person, and say `message` in its place. The
   * session stays as it is; what runs in it is stopped.
   */
  'belay/message_edit': spec(
    'editor',
    z.looseObject({ user_message_id: z.string(), message: userMessage }),
    empty,
  ),
  /** Out of the list, into Belay's own trash, from which `belay/session_restore` brings it back. */
  'belay/session_delete': spec('editor', z.looseObject({ session_id: z.string() }), sessionChanged),
  'belay/session_restore': spec('editor', z.looseObject({ session_id: z.string() }), sessionChanged),
  /** Write the conversation into a file that the person chooses. */
  'belay/session_export': spec('editor', z.looseObject({ session_id: z.string() }), empty),
  /** Have a person choose a session of Claude Code, and go on with a copy of it in this panel. */
  'belay/claude_continue': spec('editor', empty, z.looseObject({ opened: z.boolean() })),
  /** Show another session in this panel (null: a new one). A `belay/panel_reset` message follows. */
  'belay/session_open': spec('editor', z.looseObject({ session_id: z.string().nullable() }), empty),
  'belay/provider_choose': spec(
    'editor',
    z.looseObject({ provider: providerKind, base_url: z.string().optional(), model: z.string().optional() }),
    z.looseObject({ chosen: z.boolean(), problem: z.string().optional() }),
  ),
  /** Open a file at a line (1-based), or a diff when `diff_since` names a user message. */
  'belay/file_open': spec(
    'editor',
    z.looseObject({ path: z.string(), line: z.number().optional(), diff_since: z.string().optional() }),
    z.looseObject({ opened: z.boolean(), problem: z.string().optional() }),
  ),
  /** Show the proposal of a call that waits, to be worked in. False: there is none (any more). */
  'belay/proposal_open': spec(
    'editor',
    z.looseObject({ tool_use_id: z.string() }),
    z.looseObject({ opened: z.boolean() }),
  ),
  /** Shows what has changed in a file of `belay/settings_pending`, as a diff. `hash`: of the text that is shown. */
  'belay/settings_show': spec(
    'editor',
    z.looseObject({ file: z.string() }),
    z.looseObject({ hash: z.string() }),
  ),
  /**
   * Ask the person which memory file this line is to go into (`text` begins with the number sign), and put it there. `message`: they
   * would rather say it to the agent.
   */
  'belay/memory_add': spec(
    'editor',
    z.looseObject({ text: z.string() }),
    z.looseObject({
      outcome: z.enum(['added', 'message', 'cancelled', 'failed']),
      path: z.string().optional(),
      problem: z.string().optional(),
    }),
  ),
  /** Show what a rewind would change, as a diff of several files. */
  'belay/rewind_show': spec('editor', z.looseObject({ targets: z.array(rewindTarget) }), empty),
  /** Show both sides of a file that a rewind leaves because somebody else has changed it, to be merged by hand. */
  'belay/merge_open': spec(
    'editor',
    z.looseObject({ target: rewindTarget, path: z.string() }),
    z.looseObject({ problem: z.string().optional() }),
  ),
  /** Go to the next change that waits, show all of them, keep or undo them; send the comments on them. */
  'belay/review_act': spec('editor', z.looseObject({ action: reviewAction }), empty),
  'belay/link_open': spec('editor', z.looseObject({ href: z.string() }), empty),
  'belay/failure_act': spec('editor', z.looseObject({ action: failureAction }), empty),
} as const;
