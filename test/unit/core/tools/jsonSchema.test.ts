import { describe, expect, test } from 'vitest';
import { fromJsonSchema, JsonSchemaError } from '../../../../src/core/tools/jsonSchema.ts';

function accepts(schema: Record<string, unknown>, value: unknown): boolean {
  return fromJsonSchema(schema).safeParse(value).success;
}

describe('a JSON schema from outside', () => {
  test('is held to what it requires, at any depth, with or without a schema for it', () => {
    const inner = { type: 'object', required: ['name'] };
    const schema = {
      type: 'object',
      required: ['id'],
      properties: { inner, list: { type: 'array', items: inner } },
    };
    expect(accepts(schema, { id: 1 })).toBe(true);
    expect(accepts(schema, {})).toBe(false);
    expect(accepts(schema, { id: 1, inner: {} })).toBe(false);
    expect(accepts(schema, { id: 1, list: [{ name: 'a' }, {}] })).toBe(false);
  });

  test('a choice between objects is a choice', () => {
    const schema = { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] };
    expect(accepts(schema, { b: 1 })).toBe(true);
    expect(accepts(schema, { c: 1 })).toBe(false);
  });

  test('a property that is named like a keyword is a property', () => {
    const schema = {
      type: 'object',
      properties: { required: { type: 'string' }, items: { type: 'number' } },
    };
    expect(accepts(schema, { required: 'a', items: 1 })).toBe(true);
    expect(accepts(schema, { required: 1 })).toBe(false);
  });

  test('references are followed, also in circles', () => {
    const schema = {
      type: 'object',
      properties: { child: { $ref: '#/$defs/node' } },
      $defs: {
        node: { type: 'object', required: ['value'], properties: { next: { $ref: '#/$defs/node' } } },
      },
    };
    expect(accepts(schema, { child: { value: 1, next: { value: 2 } } })).toBe(true);
    expect(accepts(schema, { child: { value: 1, next: {} } })).toBe(false);
  });

  test('the input stays as it came: no defaults, no key lost', () => {
    const schema = { type: 'object', properties: { a: { type: 'number', default: 5 } } };
    expect(fromJsonSchema(schema).parse({ b: 1 })).toEqual({ b: 1 });
  });

  test.each([
    [{ type: 'array' }, 'must have "type": "object"'],
    [{ type: 'object', properties: { a: { type: 'foo' } } }, 'Unsupported type'],
    [{ type: 'object', properties: { a: { $ref: '#/nowhere' } } }, 'Reference not found'],
    [{ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }, 'Invalid regular expression'],
  ])('%j is refused', (schema, why) => {
    expect(() => fromJsonSchema(schema)).toThrow(JsonSchemaError);
    expect(() => fromJsonSchema(schema)).toThrow(why);
  });
});
