import { describe, expect, it } from 'vitest';
import { isSameDefinition, parseTool, type ToolDefinition } from '../../../../src/core/mcp/toolDefinition.ts';

function toolOf(listed: unknown): ToolDefinition {
  const parsed = parseTool(listed);
  if (parsed.kind !== 'tool') throw new Error(parsed.problem);
  return parsed.tool;
}

const inputSchema = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] };

describe('a listed tool', () => {
  it('keeps its schema to the letter for the model', () => {
    const schema = { ...inputSchema, additionalProperties: false, 'x-own': [1] };
    expect(toolOf({ name: 'read', inputSchema: { $schema: 'https://x', ...schema } }).jsonSchema).toEqual(
      schema,
    );
  });

  it('checks input, and leaves it as it came', () => {
    const { inputSchema: schema } = toolOf({ name: 'read', inputSchema });
    expect(schema.safeParse({ path: 'a', more: 1 }).data).toEqual({ path: 'a', more: 1 });
    expect(schema.safeParse({}).success).toBe(false);
    expect(schema.safeParse({ path: 1 }).success).toBe(false);
  });

  it('leaves to its server what can not be checked here', () => {
    const odd = { type: 'object', properties: { a: { $ref: 'https://elsewhere/schema.json' } } };
    expect(toolOf({ name: 'odd', inputSchema: odd }).inputSchema.safeParse({ a: 1 }).success).toBe(true);
  });

  it('shows the model no choice at the top of its schema, which the API refuses, and checks it all the same', () => {
    const choice = { ...inputSchema, anyOf: [{ properties: { path: { const: 'a' } } }] };
    const { jsonSchema, inputSchema: schema } = toolOf({ name: 'choose', inputSchema: choice });
    expect(jsonSchema).toEqual(inputSchema);
    expect(schema.safeParse({ path: 'a' }).success).toBe(true);
  });

  it('is left out when the API would refuse it, with the reason', () => {
    expect(parseTool({ name: 'a', inputSchema: { type: 'string' } })).toEqual({
      kind: 'left out',
      name: 'a',
      problem: 'Its input schema is not one of an object.',
    });
    expect(
      parseTool({ name: 'b', inputSchema: { type: 'object', properties: { 'ö ö': {} } } }),
    ).toMatchObject({
      kind: 'left out',
      name: 'b',
    });
    expect(
      parseTool({ name: 'c', inputSchema: { type: 'object', description: 'x'.repeat(200_000) } }),
    ).toMatchObject({ kind: 'left out', name: 'c' });
    expect(parseTool(null)).toMatchObject({ kind: 'left out', name: '(without a name)' });
    expect(parseTool({ name: '' })).toMatchObject({ kind: 'left out' });
  });

  it('has a description that is cut when it is too long', () => {
    const { description } = toolOf({ name: 'a', description: 'x'.repeat(20_000), inputSchema });
    expect(description).toBe(`${'x'.repeat(10_000)} […]`);
  });

  it('is read-only only when it says so', () => {
    expect(toolOf({ name: 'a', inputSchema }).hints.readOnly).toBe(false);
    expect(toolOf({ name: 'a', inputSchema, annotations: { readOnlyHint: true } }).hints.readOnly).toBe(true);
    expect(toolOf({ name: 'a', inputSchema, annotations: 'nonsense' }).hints.readOnly).toBe(false);
  });

  it('is another one when its description or its schema is', () => {
    const tool = { name: 'a', description: 'one', inputSchema };
    expect(isSameDefinition(toolOf(tool), toolOf(structuredClone(tool)))).toBe(true);
    expect(isSameDefinition(toolOf(tool), toolOf({ ...tool, description: 'two' }))).toBe(false);
    expect(isSameDefinition(toolOf(tool), toolOf({ ...tool, inputSchema: { type: 'object' } }))).toBe(false);
  });
});
