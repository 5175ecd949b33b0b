/** The events hooks are run at, and what each is told beyond the fields that all share (`HookInput` in `sdk.d.ts`). */
import type { PermissionUpdate } from '../../protocol/permissions.ts';

type ToolFacts = {
  readonly tool_name: string;
  readonly tool_input: Readonly<Record<string, unknown>>;
};
type CallFacts = ToolFacts & { readonly tool_use_id: string };
type StopFacts = {
  /** The turn goes on already because a hook wanted it to. */
  readonly stop_hook_active: boolean;
  readonly last_assistant_message?: string;
};

export type HookInputs = {
  readonly PreToolUse: CallFacts;
  /** `duration_ms`: milliseconds the tool ran, without hooks and questions. */
  readonly PostToolUse: CallFacts & { readonly tool_response: unknown; readonly duration_ms?: number };
  readonly PostToolUseFailure: CallFacts & { readonly error: string; readonly duration_ms?: number };
  readonly PermissionRequest: ToolFacts & { readonly permission_suggestions?: readonly PermissionUpdate[] };
  readonly PermissionDenied: CallFacts & { readonly reason: string };
  readonly UserPromptSubmit: { readonly prompt: string };
  readonly Stop: StopFacts;
  readonly SubagentStart: { readonly agent_id: string; readonly agent_type: string };
  readonly SubagentStop: StopFacts & {
    readonly agent_id: string;
    readonly agent_type: string;
    readonly agent_transcript_path: string;
  };
  readonly PreCompact: { readonly trigger: 'manual' | 'auto'; readonly custom_instructions: string | null };
  readonly SessionStart: {
    readonly source: 'startup' | 'resume' | 'clear' | 'compact' | 'fork';
    readonly model?: string;
  };
  readonly SessionEnd: { readonly reason: 'clear' | 'resume' | 'logout' | 'prompt_input_exit' | 'other' };
  readonly Notification: {
    readonly message: string;
    readonly title?: string;
    readonly notification_type: string;
  };
};

export type HookEvent = keyof HookInputs;

/** Where an event says what its matcher is held against; undefined: matchers don't count there. */
const subjectFields: { readonly [Event in HookEvent]: keyof HookInputs[Event] | undefined } = {
  PreToolUse: 'tool_name',
  PostToolUse: 'tool_name',
  PostToolUseFailure: 'tool_name',
  PermissionRequest: 'tool_name',
  PermissionDenied: 'tool_name',
  UserPromptSubmit: undefined,
  Stop: undefined,
  SubagentStart: 'agent_type',
  SubagentStop: 'agent_type',
  PreCompact: 'trigger',
  SessionStart: 'source',
  SessionEnd: 'reason',
  Notification: 'notification_type',
};

/** What matchers are held against: a tool's name, a kind of agent, … */
export function subjectOf<Event extends HookEvent>(
  event: Event,
  input: HookInputs[Event],
): string | undefined {
  const field = subjectFields[event];
  return field === undefined ? undefined : String(input[field]);
}

/** Events at which a block stops or changes something; elsewhere it is only told. */
const blockable: ReadonlySet<HookEvent> = new Set<HookEvent>([
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
  'PermissionRequest',
  'UserPromptSubmit',
  'Stop',
  'SubagentStop',
  'PreCompact',
]);

export function isBlockable(event: HookEvent): boolean {
  return blockable.has(event);
}
