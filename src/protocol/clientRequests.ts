/** The control requests that the client answers: a person at the panel, or a program. */
import * as z from 'zod';
import { contentBlock } from './blocks.ts';
import { spec } from './controlSpec.ts';
import { elicitationAnswer } from './mcp.ts';
import { destination, permissionResult, permissionUpdate } from './permissions.ts';

const preview = z.looseObject({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const clientRequests = {
  can_use_tool: spec(
    'client',
    z.looseObject({
      tool_name: z.string(),
      input: z.record(z.string(), z.unknown()),
      tool_use_id: z.string(),
      permission_suggestions: z.array(permissionUpdate).optional(),
      blocked_path: z.string().optional(),
      decision_reason: z.string().optional(),
      decision_reason_type: z.string().optional(),
      title: z.string().optional(),
      display_name: z.string().optional(),
      description: z.string().optional(),
      agent_id: z.string().optional(),
      requires_user_interaction: z.boolean().optional(),
      /** Belay: SHA-256 (hex) of what is shown; the panel sends it back, and what runs is checked against it. */
      digest: z.string().optional(),
      /** Belay: what can be remembered, also wider than `permission_suggestions`, and what else each would allow. */
      rule_offers: z
        .array(
          z.looseObject({
            update: permissionUpdate,
            also_allows: z.array(z.string()),
            /** Where it can be kept: destinations that the update may name in the answer. */
            destinations: z.array(destination).optional(),
          }),
        )
        .optional(),
      /** Belay: the commands of a command line that holds several, in order, and why each is asked about or not. */
      command_parts: z
        .array(z.looseObject({ text: z.string(), behavior: z.enum(['allow', 'ask']), reason: z.string() }))
        .optional(),
      /** Belay: for a tool that changes a file, the change as it would be. */
      preview: preview.optional(),
      /** Belay: for a tool that changes several files at once, each change; both texts null where there is too much to be sent. */
      previews: z.array(preview).optional(),
    }),
    permissionResult,
  ),
  /** Run a hook that `initialize` named. The answer is read where it is used (protocol/hooks.ts): a bad one is no answer. */
  hook_callback: spec(
    'client',
    z.looseObject({
      callback_id: z.string(),
      input: z.looseObject({ hook_event_name: z.string() }),
      tool_use_id: z.string().optional(),
    }),
    z.unknown(),
  ),

  /**
   * An MCP server wants something of the person: fields of a form (`requested_schema`, JSON schema), or a page to be opened
   * (`url`). `content`: the fields, with `accept`.
   */
  elicitation: spec(
    'client',
    z.looseObject({
      mcp_server_name: z.string(),
      message: z.string(),
      mode: z.enum(['form', 'url']).optional(),
      url: z.string().optional(),
      elicitation_id: z.string().optional(),
      requested_schema: z.record(z.string(), z.unknown()).optional(),
      /** The names of the fields in the order the server gave them. */
      property_order: z.array(z.string()).optional(),
    }),
    elicitationAnswer,
  ),
  /**
   * An MCP server wants the model to answer something: all that would be asked is here, and is asked only when this is accepted.
   * The answer goes to the server; what it costs is the session's.
   */
  'belay/mcp_sample': spec(
    'client',
    z.looseObject({
      mcp_server_name: z.string(),
      /** Texts and pictures only. */
      messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(contentBlock) })),
      system_prompt: z.string().optional(),
      /** Which models the server would like, the best first. The session's answers all the same. */
      model_hints: z.array(z.string()).optional(),
      /** Id of the model that would answer. */
      model: z.string(),
      /** Tokens the answer may take. */
      max_tokens: z.number(),
    }),
    z.looseObject({ action: z.enum(['accept', 'decline']) }),
  ),
  /**
   * One message of the Model Context Protocol, to or from a server of the client itself. A question is answered with the
   * server's answer; to anything else the answer says nothing.
   */
  mcp_message: spec(
    ['agent', 'program'],
    z.looseObject({ server_name: z.string(), message: z.looseObject({}) }),
    z.looseObject({ mcp_response: z.unknown().optional() }),
  ),
} as const;
