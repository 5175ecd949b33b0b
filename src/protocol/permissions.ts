/** Permission modes, rules as they travel, and the answer to `can_use_tool`. */
import * as z from 'zod';

export const permissionMode = z.enum(['default', 'acceptEdits', 'plan', 'dontAsk', 'bypassPermissions']);
export type PermissionMode = z.infer<typeof permissionMode>;

const permissionRule = z.looseObject({ toolName: z.string(), ruleContent: z.string().optional() });
export const destination = z.enum(['userSettings', 'projectSettings', 'localSettings', 'session', 'cliArg']);
/** Rules as the agent lists them. */
export const ruleBehavior = z.enum(['allow', 'deny', 'ask']);
/** A rule as it is written in settings, whose it is, and the file it stands in (absolute). */
export const namedRule = z.looseObject({
  behavior: ruleBehavior,
  source: z.string(),
  rule: z.string(),
  /** Belay: absent where it stands in no file. */
  file: z.string().optional(),
});
const ruleChange = <Type extends string>(type: Type) =>
  z.looseObject({
    type: z.literal(type),
    rules: z.array(permissionRule),
    behavior: ruleBehavior,
    destination,
  });
export const permissionUpdate = z.discriminatedUnion('type', [
  ruleChange('addRules'),
  ruleChange('replaceRules'),
  ruleChange('removeRules'),
  z.looseObject({ type: z.literal('setMode'), mode: permissionMode, destination }),
  z.looseObject({ type: z.literal('addDirectories'), directories: z.array(z.string()), destination }),
  z.looseObject({ type: z.literal('removeDirectories'), directories: z.array(z.string()), destination }),
]);
export type PermissionUpdate = z.infer<typeof permissionUpdate>;
export type PermissionRule = z.infer<typeof permissionRule>;

/** The text of a file as a person has agreed to it. Line ends don't matter: the file keeps its own. */
export const acceptedText = z.looseObject({
  /** The whole file. */
  content: z.string(),
  /** What the person saw in the file; null: it was not there. When something else stands there by then, nothing is written. */
  before: z.string().nullable(),
  /**
   * The proposal before the person touched it, where it isn't what the call makes by itself: it was merged into what stands in
   * the file, which may then be more than the model has read.
   */
  proposed: z.string().optional(),
  /** What the person says about it, for the model. */
  note: z.string().optional(),
});
export type AcceptedText = z.infer<typeof acceptedText>;

/** The answer of a person or a program to `can_use_tool`. `updatedInput` replaces the whole input. */
export const permissionResult = z.discriminatedUnion('behavior', [
  z.looseObject({
    behavior: z.literal('allow'),
    updatedInput: z.record(z.string(), z.unknown()).optional(),
    updatedPermissions: z.array(permissionUpdate).optional(),
    /** Belay: written in place of what the call would make of the file of its `preview`. */
    belay_accepted: acceptedText.optional(),
    /** Belay: of a panel to its host, the version of the proposal that it has shown (`proposals` of its state). */
    belay_proposal: z.number().optional(),
  }),
  z.looseObject({ behavior: z.literal('deny'), message: z.string(), interrupt: z.boolean().optional() }),
]);
export type PermissionResult = z.infer<typeof permissionResult>;
