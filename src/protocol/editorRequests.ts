/** The control requests that the VS Code host answers, asked by its panel. */
import * as z from 'zod';
import { rewindTarget } from './checkpoints.ts';
import { spec } from './controlSpec.ts';
import { failureAction } from './failure.ts';
import { panelState, panelView, providerKind, reviewAction, sessionInfo } from './panel.ts';

const empty = z.looseObject({});

export const editorRequests = {
  /** The panel is there (first time, or rebuilt). The host answers with everything it needs to draw itself. */
  'belay/panel_ready': spec(
    'editor',
    empty,
    z.looseObject({
      state: panelState,
      view: panelView,
      /** Messages of the conversation so far, in order; a reply in flight as a few events. */
      messages: z.array(z.unknown()),
      /** An old conversation is still being read: `messages` is empty, and a `belay/panel_reset` follows. */
      loading: z.boolean().optional(),
    }),
  ),
  /** Remember draft, scroll and open cards, so that they survive the end of the webview. */
  'belay/view_save': spec('editor', panelView, empty),
  'belay/session_list': spec('editor', empty, z.looseObject({ sessions: z.array(sessionInfo) })),
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
  /** Show what a rewind would change, as a diff of several files. */
  'belay/rewind_show': spec('editor', z.looseObject({ targets: z.array(rewindTarget) }), empty),
  /** Show both sides of a file that a rewind leaves because somebody else has changed it, to be merged by hand. */
  'belay/merge_open': spec(
    'editor',
    z.looseObject({ target: rewindTarget, path: z.string() }),
    z.looseObject({ problem: z.string().optional() }),
  ),
  /** Go to the next change that waits, show all of them, keep or undo them. */
  'belay/review_act': spec('editor', z.looseObject({ action: reviewAction }), empty),
  'belay/link_open': spec('editor', z.looseObject({ href: z.string() }), empty),
  'belay/failure_act': spec('editor', z.looseObject({ action: failureAction }), empty),
} as const;
