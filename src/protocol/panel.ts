/** What the VS Code host and its panel tell each other beside the conversation. */
import * as z from 'zod';
import { rewindTarget } from './checkpoints.ts';
import { editorContext } from './editorContext.ts';
import { modelInfo } from './models.ts';
import { permissionMode } from './permissions.ts';

/** What a session is doing, or how its last turn has ended. `needs_you`: a question waits for a person. */
export const sessionPhase = z.enum(['running', 'needs_you', 'done', 'failed']);
export type SessionPhase = z.infer<typeof sessionPhase>;

export const sessionInfo = z.looseObject({
  sessionId: z.string(),
  /** What to show in a list: the title somebody gave, else the first prompt, shortened. */
  summary: z.string(),
  /** Milliseconds since 1970. */
  lastModified: z.number(),
  fileSize: z.number().optional(),
  firstPrompt: z.string().optional(),
  customTitle: z.string().optional(),
  /** As the Agent SDK keeps it; several are in it as `sessionTags.ts` says. */
  tag: z.string().optional(),
  /** As the transcript tells it; of a session that is open in this window `session_phases` knows better. */
  phase: sessionPhase.optional(),
  /** Another process than this window writes it at the moment. */
  elsewhere: z.boolean().optional(),
  /** Why nothing can be done with it, for a person: its transcript can't be read. */
  problem: z.string().optional(),
  cwd: z.string().optional(),
  createdAt: z.number().optional(),
});
export type SessionInfo = z.infer<typeof sessionInfo>;

/** Where the model comes from. */
export const providerKind = z.enum(['anthropic', 'local', 'vscode-lm', 'offline']);
export type ProviderKind = z.infer<typeof providerKind>;

/** A proposal as a person has left it in the editor. */
const proposalState = z.looseObject({
  tool_use_id: z.string(),
  /** Grows with every change; an answer to a changed proposal names it, as `belay_proposal`. */
  version: z.number(),
  /** What would be written now; absent: what the question shows. */
  change: z.looseObject({ before: z.string().nullable(), after: z.string() }).optional(),
  /** How many comments go with the answer. */
  comments: z.number(),
});

/** What the panel shows besides the conversation. The host sends it whole whenever something in it changes. */
export const panelState = z.looseObject({
  session_id: z.string(),
  title: z.string(),
  /** null: nothing chosen yet, the panel shows the first-start page. */
  provider: providerKind.nullable(),
  /** Shown where the provider needs explaining: "Scripted offline tour". */
  provider_label: z.string(),
  model: z.string(),
  models: z.array(modelInfo),
  permission_mode: permissionMode,
  /** False where bypassPermissions has not been allowed by a setting of the user. */
  bypass_allowed: z.boolean(),
  /** Folder the agent works in; null: no folder is open. */
  cwd: z.string().nullable(),
  /** All folders of the workspace, `cwd` first; empty: no folder is open. */
  folders: z.array(z.string()),
  workspace_problem: z.string().nullable(),
  can_redo: z.boolean(),
  /** Another window or program has the session open: it is shown as it grows, and nothing can be said to it. */
  elsewhere: z.boolean().optional(),
  /** By session: what those do that are open in this window, in a panel or behind the scenes. */
  session_phases: z.record(z.string(), sessionPhase).optional(),
  /** What Belay has written without asking and nobody has looked at yet, in all sessions of the window. */
  review: z.looseObject({ files: z.number(), changes: z.number() }),
  /** Comments on lines of changes that the agent has not been told. */
  unsent_comments: z.number().optional(),
  /** Changes that wait for an answer and can be reviewed in the editor. */
  proposals: z.array(proposalState).optional(),
  /** Absent: no file is open. */
  editor_context: editorContext.optional(),
  /** CSS custom properties for code colours, taken from the colour theme: `--belay-token-keyword` -> `#c586c0`. */
  token_colors: z.record(z.string(), z.string()),
});
export type PanelState = z.infer<typeof panelState>;

/** What a person does from the panel with all that waits to be looked at, or to be sent. */
export const reviewAction = z.enum(['next', 'show', 'keep_all', 'undo_all', 'send_comments']);
export type ReviewAction = z.infer<typeof reviewAction>;

export const panelView = z.looseObject({
  draft: z.string(),
  /** uuid of the message at the top of the view and the offset in CSS pixels; null: at the bottom, following. */
  scroll: z.looseObject({ anchor: z.string(), offset: z.number() }).nullable(),
  /** What is open in the editor is not told with messages. */
  hides_context: z.boolean().optional(),
  /** The message that is being edited to be run again, and what was made of it. */
  editing: z.looseObject({ user_message_id: z.string(), text: z.string() }).nullish(),
  /** Ids (tool_use ids, `thinking:<message>:<index>`) of the cards that the person opened or closed by hand. */
  open: z.record(z.string(), z.boolean()),
});
export type PanelView = z.infer<typeof panelView>;

/** An item of the conversation in which a text was found, and how often. */
export const foundItem = z.looseObject({ key: z.string(), count: z.number() });
export type FoundItem = z.infer<typeof foundItem>;

/** Messages of the host to its own panel that are no part of the conversation. */
export const panelMessages = {
  /** Something in the state changed. */
  'belay/panel_state': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/panel_state'),
    state: panelState,
  }),
  /** Ask `belay/panel_ready` again and start over: another session is shown now, or the conversation has been read. */
  'belay/panel_reset': z.looseObject({ type: z.literal('system'), subtype: z.literal('belay/panel_reset') }),
  /** Part of the conversation, asked for by `belay/page_load`. */
  'belay/page_loaded': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/page_loaded'),
    /** Where it goes: before all that the panel holds, behind it, or in its place. */
    at: z.enum(['start', 'end', 'all']),
    /** The item it was asked for by; null: the end of the conversation. */
    key: z.string().nullable(),
    messages: z.array(z.unknown()),
    earlier: z.boolean(),
    later: z.boolean(),
  }),
  /** Put the cursor into the composer; `text`, when given, replaces an empty draft, `insert` goes behind what is written. */
  'belay/composer_focus': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/composer_focus'),
    text: z.string().optional(),
    insert: z.string().optional(),
  }),
  /**
   * Open the rewind dialog for this user message, which the conversation has; `text` is what it says. With `targets` for
   * these, of the code alone where the message is null; `title` says to a person what they are.
   */
  'belay/rewind_ask': z.looseObject({
    type: z.literal('system'),
    subtype: z.literal('belay/rewind_ask'),
    user_message_id: z.string().nullable(),
    text: z.string().optional(),
    targets: z.array(rewindTarget).optional(),
    title: z.string().optional(),
  }),
} as const;
export type PanelMessage = {
  [S in keyof typeof panelMessages]: z.infer<(typeof panelMessages)[S]>;
}[keyof typeof panelMessages];
