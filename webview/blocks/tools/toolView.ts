/** How one tool is shown. One file each in this folder, listed in toolViews.ts. */
import type { ComponentType } from 'preact';
import type { ToolRun } from '../../state/panelModel.ts';

export type ToolStatus =
  /** Its input is still being written. */
  | 'writing'
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'denied'
  /** The turn ended before it did. */
  | 'stopped';

/** A call as its view sees it. `input` may be half there while `status` is 'writing'. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  readonly status: ToolStatus;
  readonly run: ToolRun;
}

export interface ToolTitle {
  /** "Edit" */
  readonly verb: string;
  /** "src/app.ts": set in the code font when `isCode`. */
  readonly subject: string;
  readonly isCode?: boolean;
}

export interface ToolView {
  /** Name of a codicon. */
  readonly icon: string;
  readonly title: (call: ToolCall) => ToolTitle;
  /** A short word at the right end: "+3 −1", "12 files". */
  readonly Summary?: ComponentType<{ readonly call: ToolCall }>;
  /** What the card shows when it is open; without it there is nothing to open. */
  readonly Body?: ComponentType<{ readonly call: ToolCall }>;
  readonly hasBody: (call: ToolCall) => boolean;
  /** Open before anybody has touched it. */
  readonly isOpenByDefault: (call: ToolCall) => boolean;
  /** A card with a frame, or a single quiet line. */
  readonly isFramed: boolean;
}
