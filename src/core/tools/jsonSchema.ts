/** JSON schemas that come from outside: an MCP server's tools, a client's output format. */
import * as z from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A JSON schema that can't be the input of a tool. The message says why. */
export class JsonSchemaError extends Error {
  override readonly name = 'JsonSchemaError';
}

/** Keywords that hold a schema, or a list of them. */
const SCHEMAS: ReadonlySet<string> = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'additionalProperties',
  'contains',
  'propertyNames',
  'not',
  'anyOf',
  'oneOf',
  'allOf',
]);
/** Keywords that hold schemas by name. */
const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

/**
 * A zod schema that accepts what the JSON schema accepts, and leaves the input as it came (no defaults, no unknown keys
 * dropped). Throws JsonSchemaError when the schema is broken, is not one of an object, or says something that can't be checked.
 */
export function fromJsonSchema(schema: JsonSchema): z.ZodType<Record<string, unknown>> {
  if (schema.type !== 'object') throw new JsonSchemaError('The schema must have "type": "object".');
  const checked = toZod(schema);
  return z.record(z.string(), z.unknown()).superRefine((input, context) => {
    for (const { path, message } of checked.safeParse(input).error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message });
  });
}

function toZod(schema: JsonSchema): z.ZodType {
  try {
    return z.fromJSONSchema(toExplicit(structuredClone(schema)));
  } catch (error) {
    throw new JsonSchemaError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** zod passes over a required property that has no schema of its own, and over `properties` without a type. */
function toExplicit(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const explicit = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, inKeyword(keyword, value)]),
  );
  const required = Array.isArray(schema.required) ? schema.required.filter(isText) : [];
  if (required.length === 0 && !isSchema(explicit.properties)) return explicit;
  const missing = Object.fromEntries(required.map((name) => [name, {}]));
  const properties = { ...missing, ...(isSchema(explicit.properties) ? explicit.properties : {}) };
  return { ...explicit, type: explicit.type ?? 'object', properties };
}

function inKeyword(keyword: string, value: unknown): unknown {
  if (SCHEMA_MAPS.has(keyword) && isSchema(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inSchema(each)]));
  }
  if (!SCHEMAS.has(keyword)) return value;
  return Array.isArray(value) ? value.map(inSchema) : inSchema(value);
}

function inSchema(value: unknown): unknown {
  return isSchema(value) ? toExplicit(value) : value;
}

function isSchema(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
