import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner, toText } from '../../../../src/core/sessions/jsonScanner.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What JSON.parse makes of the bytes; undefined when they are not an object. */
function parse(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * ASCII, as the scanner wants them. Of others the reference isn't sure: JSON.parse of V8 13.6 can take a name written "\\u00e9"
 * for a backslash, when an object of the same shape with such a name came before.
 */
const NAMES = ['type', 'uuid', 'a"b'];

/** The scanner's view of these fields, in the form of `parse`. */
function scan(bytes: Uint8Array): Record<string, unknown> | undefined {
  const scanner = new JsonScanner(NAMES);
  if (!scanner.scan(bytes)) return undefined;
  return Object.fromEntries(
    NAMES.flatMap((name, index) => {
      const range = scanner.find(index);
      return range === undefined ? [] : [[name, JSON.parse(toText(bytes, range)) as unknown]];
    }),
  );
}

function only(value: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  return (
    value &&
    Object.fromEntries(NAMES.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name]]] : [])))
  );
}

const json = fc.oneof(
  fc.jsonValue({ noUnicodeString: false }),
  fc.dictionary(
    fc.oneof(fc.constantFrom(...NAMES, 'é'), fc.string()),
    fc.jsonValue({ noUnicodeString: false }),
  ),
);

/** As writers differ: indented, or with what is not ASCII escaped. */
const written = fc.tuple(json, fc.constantFrom(0, 1, 2), fc.boolean()).map(([value, indent, escaped]) => {
  const text = JSON.stringify(value, null, indent);
  const escapeSign = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return bytesOf(escaped ? text.replace(/[^ -~\n]/g, escapeSign) : text);
});

const damaged = fc
  .tuple(
    written,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('set', 'insert', 'remove', 'cut')), {
      maxLength: 3,
    }),
  )
  .map(([bytes, changes]) => {
    const damage = [...bytes];
    for (const [at, byte, what] of changes) {
      const index = at % (damage.length + 1);
      if (what === 'set') damage[index] = byte;
      else if (what === 'insert') damage.splice(index, 0, byte);
      else if (what === 'remove') damage.splice(index, 1);
      else damage.length = Math.min(index, damage.length);
    }
    return Uint8Array.from(damage);
  });

describe('the scanner of a line', () => {
  it('finds what a parser finds, in whatever way it is written', () => {
    fc.assert(
      fc.property(written, (bytes) => {
        expect(scan(bytes)).toEqual(only(parse(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes for JSON what a parser takes for JSON, whatever was damaged', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        expect(scan(bytes)).toEqual(only(parse(bytes)));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['a name within a string', '{"text":"\\"uuid\\":\\"no\\"","uuid":"yes"}'],
    ['a name within a value', '{"message":{"uuid":"no"},"uuid":"yes"}'],
    ['a field that is there twice', '{"uuid":"no","uuid":"yes"}'],
    ['a name written with an escape', '{"u\\u0075id":"yes"}'],
    ['a byte order mark', '\ufeff{"uuid":"yes"}'],
  ])('is not fooled by %s', (_, line) => {
    expect(scan(bytesOf(line))).toEqual({ uuid: 'yes' });
  });

  it('follows any depth', () => {
    const depth = 200_000;
    const nested = (end: string) => bytesOf(`{"a":${'['.repeat(depth)}${end},"uuid":"yes"}`);
    expect(scan(nested(']'.repeat(depth)))).toEqual({ uuid: 'yes' });
    expect(scan(nested(']'.repeat(depth - 1)))).toBeUndefined();
  });

  it('says of strings whether they are the one looked for', () => {
    const scanner = new JsonScanner(['type']);
    const isUser = (line: string) => scanner.scan(bytesOf(line)) && scanner.isText(0, 'user');
    expect(['{"type":"user"}', '{"type":"users"}', '{"type":["user"]}', '{}'].map(isUser)).toEqual([
      true,
      false,
      false,
      false,
    ]);
    scanner.scan(bytesOf('{"type":"a\\n\\u00e9"}'));
    expect(scanner.toText(0)).toBe('a\né');
  });
});
