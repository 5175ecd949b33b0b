/**
 * What hooks are told and what they answer, in the shapes of the Agent SDK (`HookInput` and `SyncHookJSONOutput` in
 * `sdk.d.ts`). A callback answers with such an object on the wire, a command prints it.
 */
import * as z from 'zod';
import { permissionUpdate } from './permissions.ts';

const changedInput = z.record(z.string(), z.unknown()).optional();
const context = { additionalContext: z.string().optional() };

const specific = <Event extends string, Shape extends z.ZodRawShape>(event: Event, shape: Shape) =>
  z.looseObject({ hookEventName: z.literal(event), ...shape });

/** The part of an answer that only one event knows. */
export const hookSpecificOutput = z.discriminatedUnion('hookEventName', [
  specific('PreToolUse', {
    permissionDecision: z.enum(['allow', 'deny', 'ask', 'defer']).optional(),
    permissionDecisionReason: z.string().optional(),
    updatedInput: changedInput,
    ...context,
  }),
  specific('PostToolUse', {
    updatedToolOutput: z.unknown().optional(),
    updatedMCPToolOutput: z.unknown().optional(),
    ...context,
  }),
  specific('PostToolUseFailure', context),
  specific('UserPromptSubmit', context),
  specific('SessionStart', context),
  specific('Stop', context),
  specific('SubagentStart', context),
  specific('SubagentStop', context),
  specific('Notification', context),
  specific('PermissionRequest', {
    decision: z.discriminatedUnion('behavior', [
      z.looseObject({
        behavior: z.literal('allow'),
        updatedInput: changedInput,
        updatedPermissions: z.array(permissionUpdate).optional(),
      }),
      z.looseObject({
        behavior: z.literal('deny'),
        message: z.string().optional(),
        interrupt: z.boolean().optional(),
      }),
    ]),
  }),
  specific('PermissionDenied', { retry: z.boolean().optional() }),
]);
export type HookSpecificOutput = z.infer<typeof hookSpecificOutput>;

export const hookOutput = z.looseObject({
  /** `false`: the turn ends. */
  continue: z.boolean().optional(),
  stopReason: z.string().optional(),
  suppressOutput: z.boolean().optional(),
  decision: z.enum(['approve', 'block']).optional(),
  reason: z.string().optional(),
  /** For the person. */
  systemMessage: z.string().optional(),
  /** The hook goes on by itself and has no say. */
  async: z.boolean().optional(),
  hookSpecificOutput: hookSpecificOutput.optional(),
});
export type HookOutput = z.infer<typeof hookOutput>;

/** What a failure of a hook does: `block` counts it as a block. */
const onFailure = z.enum(['continue', 'block']).nullish();
/** Seconds. */
const timeout = z.number().nullish();

/** A command of a settings file. */
const commandHook = z.looseObject({
  type: z.literal('command'),
  command: z.string(),
  /** With it the command is a program, started with these arguments and without a shell. */
  args: z.array(z.string()).optional(),
  timeout,
  onFailure,
});
export type CommandHook = z.infer<typeof commandHook>;

/** A question to a model: is what is about to happen all right? */
const promptHook = z.looseObject({
  type: z.literal('prompt'),
  /** `$ARGUMENTS` stands for the event as JSON; without it the event follows. */
  prompt: z.string(),
  /** Id, or a family (`haiku`). */
  model: z.string().optional(),
  timeout,
  onFailure,
});
export type PromptHook = z.infer<typeof promptHook>;

/** A server that is sent the event as JSON, and answers as a command prints. */
const httpHook = z.looseObject({
  type: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }),
  /** `$NAME` and `${NAME}` in values stand for variables of the environment that `allowedEnvVars` lists. */
  headers: z.record(z.string(), z.string()).optional(),
  allowedEnvVars: z.array(z.string()).optional(),
  timeout,
  onFailure,
});
export type HttpHook = z.infer<typeof httpHook>;

export const settingsHook = z.discriminatedUnion('type', [commandHook, promptHook, httpHook]);
export type SettingsHook = z.infer<typeof settingsHook>;

/** Callbacks of the client, as `initialize` names them. */
export const hookMatcher = z.looseObject({
  matcher: z.string().nullish(),
  hookCallbackIds: z.array(z.string()),
  /** Seconds. */
  timeout: z.number().nullish(),
  /** What a failure does: `block` counts it as a block. Default: it is told, and has no say. */
  onFailure: z.enum(['continue', 'block']).nullish(),
});
