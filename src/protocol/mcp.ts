/** MCP servers as the wire names them: how each is reached, and how it is doing. Shapes are those of the Agent SDK. */
import * as z from 'zod';

/** Milliseconds a call may take; less than a second counts as not given. */
const timeout = z.number().optional();
const headers = z.record(z.string(), z.string()).optional();

/** How a server is reached. `sdk`: it lives in the program that drives the agent, reached by `mcp_message` requests. */
export const mcpServerConfig = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('stdio'),
    command: z.string(),
    args: z.array(z.string()).optional(),
    /** Added to the environment of the agent, of which keys and tokens are left out. */
    env: z.record(z.string(), z.string()).optional(),
    timeout,
  }),
  z.looseObject({ type: z.literal('http'), url: z.string(), headers, timeout }),
  z.looseObject({ type: z.literal('sse'), url: z.string(), headers, timeout }),
  z.looseObject({ type: z.literal('sdk'), name: z.string().optional(), timeout }),
]);
export type McpServerConfig = z.infer<typeof mcpServerConfig>;

/** As in `.mcp.json` and on the wire, where a server without a type is one to start. */
export const mcpServers = z.record(
  z.string(),
  z.preprocess(
    (value) => (isRecord(value) && value.type === undefined ? { ...value, type: 'stdio' } : value),
    mcpServerConfig,
  ),
);

const serverState = z.enum(['connected', 'failed', 'needs-auth', 'pending', 'disabled']);

export const mcpServerStatus = z.looseObject({
  name: z.string(),
  status: serverState,
  serverInfo: z.looseObject({ name: z.string(), version: z.string() }).optional(),
  /** Why it isn't connected. */
  error: z.string().optional(),
  /** Without the headers and variables it is given: they hold keys. */
  config: z.looseObject({ type: z.string() }).optional(),
  /** Present when connected. */
  tools: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().optional(),
        annotations: z
          .looseObject({
            readOnly: z.boolean().optional(),
            destructive: z.boolean().optional(),
            openWorld: z.boolean().optional(),
          })
          .optional(),
        belay_title: z.string().optional(),
        /** A rule that denies it whole takes it away: it is neither offered nor called. */
        belay_off: z.boolean().optional(),
        /** It is not any more what the model was told of, and nobody has accepted that yet. */
        belay_changed: z.boolean().optional(),
      }),
    )
    .optional(),
  /** Present when connected. `command`: under which a person calls it. */
  belay_prompts: z
    .array(z.looseObject({ name: z.string(), command: z.string(), description: z.string().optional() }))
    .optional(),
  belay_has_resources: z.boolean().optional(),
  /** A person can log in (`wanted`), or has, and that is kept for its address (`kept`). */
  belay_login: z.enum(['wanted', 'kept']).optional(),
});
export type McpServerStatus = z.infer<typeof mcpServerStatus>;

/** What a person answers to what a server asks of them. `content`: the fields of its form, with `accept`. */
export const elicitationAnswer = z.looseObject({
  action: z.enum(['accept', 'decline', 'cancel']),
  content: z.record(z.string(), z.unknown()).optional(),
});
export type ElicitationAnswer = z.infer<typeof elicitationAnswer>;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
