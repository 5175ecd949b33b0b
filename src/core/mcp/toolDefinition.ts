/** A tool as its server lists it, made fit for the model: what the API would refuse is left out, with the reason. */
import * as z from 'zod';
import { fromJsonSchema, type JsonSchema, JsonSchemaError } from '../tools/jsonSchema.ts';
import { toWellFormed } from '../tools/wellFormed.ts';

export interface ToolDefinition {
  /** As the server knows it. */
  readonly name: string;
  /** For a person; the name where the server gives none. */
  readonly title: string;
  readonly description: string;
  /** What the model is sent. */
  readonly jsonSchema: JsonSchema;
  /** Accepts what the server's schema accepts, and leaves the input as it came. */
  readonly inputSchema: z.ZodType<Record<string, unknown>>;
  /** What the server says of the tool: a hint, for what costs nothing when it is a lie. */
  readonly hints: { readonly readOnly: boolean; readonly destructive: boolean; readonly openWorld: boolean };
}

export type ParsedTool =
  | { readonly kind: 'tool'; readonly tool: ToolDefinition }
  | { readonly kind: 'left out'; readonly name: string; readonly problem: string };

const listedTool = z.looseObject({
  name: z.string().min(1),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  annotations: z
    .looseObject({
      title: z.string().optional(),
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional()
    .catch(undefined),
});

/** Characters. A server's words stand in every request of the session. */
const MAX_DESCRIPTION = 10_000;
const MAX_SCHEMA = 100_000;

/** Names of properties as the API takes them. */
const PROPERTY_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

export function parseTool(listed: unknown): ParsedTool {
  const parsed = listedTool.safeParse(listed);
  if (!parsed.success) return leaveOut(nameOf(listed), z.prettifyError(parsed.error));
  const { name, title, description = '', inputSchema: schema, annotations } = parsed.data;
  const problem = findProblem(schema);
  if (problem !== undefined) return leaveOut(name, problem);
  return {
    kind: 'tool',
    tool: {
      name,
      title: title ?? annotations?.title ?? name,
      description: shorten(description),
      jsonSchema: toModelSchema(schema),
      inputSchema: toInputSchema(schema),
      hints: {
        readOnly: annotations?.readOnlyHint === true,
        destructive: annotations?.readOnlyHint !== true && annotations?.destructiveHint !== false,
        openWorld: annotations?.openWorldHint !== false,
      },
    },
  };
}

/** Whether the two are the same towards the model. */
export function isSameDefinition(left: ToolDefinition, right: ToolDefinition): boolean {
  return (
    left.description === right.description &&
    JSON.stringify(left.jsonSchema) === JSON.stringify(right.jsonSchema)
  );
}

function findProblem(schema: JsonSchema): string | undefined {
  if (schema.type !== 'object') return 'Its input schema is not one of an object.';
  if (JSON.stringify(schema).length > MAX_SCHEMA) return 'Its input schema is too large.';
  const odd = Object.keys(toRecord(schema.properties)).find((key) => !PROPERTY_NAME.test(key));
  return odd === undefined ? undefined : `Its input has a property with an impossible name: ${odd}`;
}

/** The API refuses these at the top of a schema; the server checks them itself. */
function toModelSchema(schema: JsonSchema): JsonSchema {
  const { $schema: _schema, anyOf: _any, oneOf: _one, allOf: _all, ...rest } = schema;
  return rest;
}

/** A schema that says what can't be checked here is checked by the server alone. */
function toInputSchema(schema: JsonSchema): z.ZodType<Record<string, unknown>> {
  try {
    return fromJsonSchema(schema);
  } catch (error) {
    if (!(error instanceof JsonSchemaError)) throw error;
    return z.record(z.string(), z.unknown());
  }
}

function shorten(description: string): string {
  const text = toWellFormed(description).trim();
  return text.length <= MAX_DESCRIPTION ? text : `${toWellFormed(text.slice(0, MAX_DESCRIPTION))} […]`;
}

function leaveOut(name: string, problem: string): ParsedTool {
  return { kind: 'left out', name, problem };
}

function nameOf(listed: unknown): string {
  const { name } = toRecord(listed);
  return typeof name === 'string' ? name : '(without a name)';
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
