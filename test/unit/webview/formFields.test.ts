import { describe, expect, test } from 'vitest';
import {
  type FieldValue,
  type FormField,
  findFieldProblem,
  parseFields,
  startOf,
  toContent,
} from '../../../webview/elicitation/formFields.ts';

function parse(properties: Record<string, unknown>, more: object = {}): readonly FormField[] {
  const requested_schema = { type: 'object', properties, ...more };
  return parseFields({ mcp_server_name: 's', message: 'm', requested_schema });
}

function parseOne(schema: object, isRequired = false): FormField {
  const [field] = parse({ it: schema }, isRequired ? { required: ['it'] } : {});
  if (field === undefined) throw new Error('there is no field');
  return field;
}

describe('the fields of a form', () => {
  test('stand in the order of the server, with what its schema says of them', () => {
    const fields = parseFields({
      mcp_server_name: 's',
      message: 'm',
      property_order: ['later', 'mail', 'gone'],
      requested_schema: {
        properties: {
          mail: { type: 'string', format: 'email', title: 'Mail', description: 'Yours', default: 'a@b.c' },
          later: { type: 'boolean', default: true },
          extra: { type: 'integer', minimum: 1, default: 4 },
        },
        required: ['mail'],
      },
    });
    expect(fields.map(({ name, title, isRequired }) => [name, title, isRequired])).toEqual([
      ['later', 'later', false],
      ['mail', 'Mail', true],
      ['extra', 'extra', false],
    ]);
    expect(fields.map(startOf)).toEqual([true, 'a@b.c', '4']);
  });

  test('know each of the ways to name choices, and begin with no choice that is not among them', () => {
    const titled = [
      { const: 'a', title: 'First' },
      { const: 'b', title: 'Second' },
    ];
    const options = [
      { value: 'a', label: 'First' },
      { value: 'b', label: 'Second' },
    ];
    expect(parseOne({ type: 'string', oneOf: titled, default: 'b' })).toMatchObject({ options, start: 'b' });
    expect(parseOne({ type: 'string', enum: ['a', 'b'], enumNames: ['First', 'Second'] })).toMatchObject({
      options,
      start: '',
    });
    expect(parseOne({ type: 'string', enum: ['a'], default: 'z' })).toMatchObject({
      options: [{ value: 'a', label: 'a' }],
      start: '',
    });
    expect(parseOne({ type: 'array', items: { anyOf: titled }, default: ['b', 'z'] })).toMatchObject({
      options,
      start: ['b'],
    });
  });

  test('that are none of these are named, and keep a form from being sent only where they are needed', () => {
    const schema = { type: 'object', properties: {} };
    expect(parseOne(schema).kind).toBe('unknown');
    expect(findFieldProblem(parseOne(schema), null)).toBeNull();
    expect(findFieldProblem(parseOne(schema, true), null)).toMatch(/cannot be asked for/);
    expect(parse({ odd: 'text', array: { type: 'array', items: { type: 'string' } } })).toMatchObject([
      { kind: 'unknown' },
      { kind: 'unknown' },
    ]);
  });

  test.each<[object, FieldValue, FieldValue]>([
    [{ type: 'string', minLength: 2 }, 'a', 'ab'],
    [{ type: 'string', maxLength: 1 }, '😀😀', '😀'],
    [{ type: 'string', format: 'email' }, 'sam@here', 'sam@here.org'],
    [{ type: 'string', format: 'uri' }, 'here', 'https://here.org'],
    [{ type: 'string', format: 'date' }, '2026-02-30', '2026-02-28'],
    [{ type: 'string', format: 'date-time' }, '2026-02-28', '2026-02-28T10:00:00+01:00'],
    [{ type: 'number', minimum: 1 }, '0.5', '1.5'],
    [{ type: 'number', maximum: 1 }, 'one', '-1e3'],
    [{ type: 'integer' }, '1.5', ' 2 '],
    [{ type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 2 }, ['a'], ['a', 'b']],
    [{ type: 'array', items: { enum: ['a', 'b', 'c'] }, maxItems: 1 }, ['a', 'b'], ['c']],
  ])('%o: %j is not taken, %j is', (schema, wrong, right) => {
    const field = parseOne(schema);
    expect(findFieldProblem(field, wrong)).toMatch(/\.$/);
    expect(findFieldProblem(field, right)).toBeNull();
  });

  test('may be left empty, unless they are needed', () => {
    const empty: readonly (readonly [object, FieldValue])[] = [
      [{ type: 'string', minLength: 2 }, ''],
      [{ type: 'number' }, ''],
      [{ type: 'string', enum: ['a'] }, ''],
      [{ type: 'array', items: { enum: ['a'] }, minItems: 1 }, []],
    ];
    for (const [schema, value] of empty) {
      expect(findFieldProblem(parseOne(schema), value)).toBeNull();
      expect(findFieldProblem(parseOne(schema, true), value)).toMatch(/\.$/);
    }
  });

  test('give what was entered, each in its type, and nothing for what was left alone', () => {
    const properties = {
      text: { type: 'string' },
      count: { type: 'integer' },
      empty: { type: 'number' },
      untouched: { type: 'boolean' },
      off: { type: 'boolean' },
      needed: { type: 'boolean' },
      some: { type: 'array', items: { enum: ['a', 'b'] } },
      none: { type: 'array', items: { enum: ['a'] } },
    };
    const values = { text: ' x ', count: '3', empty: '', off: false, needed: null, some: ['b'], none: [] };
    expect(toContent(parse(properties, { required: ['needed'] }), values)).toEqual({
      text: ' x ',
      count: 3,
      off: false,
      needed: false,
      some: ['b'],
    });
  });
});
