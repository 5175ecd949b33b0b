import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IncrementalJson, MAX_JSON_DEPTH } from '../../../src/stream/incrementalJson.ts';
import { anyCharacter } from '../../support/anyCharacter.ts';

function read(...chunks: string[]): IncrementalJson {
  const json = new IncrementalJson();
  for (const chunk of chunks) json.push(chunk);
  return json;
}

/** JSON text of any value, with white space and escapes a serialiser wouldn't write. */
const jsonText = fc
  .tuple(
    fc.json({ maxDepth: 5, stringUnit: anyCharacter }),
    fc.constantFrom('', ' ', '\n\t ', '\r\n'),
    fc.boolean(),
  )
  .map(([text, space, escaped]) => {
    const spaced = JSON.stringify(JSON.parse(text), null, space === '' ? undefined : 2);
    const unicode = escaped
      ? spaced.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : spaced;
    return space + unicode + space;
  });

describe('a text that ends', () => {
  test('has the value JSON.parse gives it, wherever it is cut', () => {
    fc.assert(
      fc.property(jsonText, fc.array(fc.nat()), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
        const chunks = places.slice(1).map((end, index) => text.slice(places[index], end));
        const json = read(...chunks);
        expect(json.problem).toBeUndefined();
        expect(json.complete).toBe(true);
        expect(json.value).toStrictEqual(JSON.parse(text));
        expect(json.text()).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('has the value JSON.parse gives it when it comes one unit at a time', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(read(...text.split('')).value).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    '0',
    '-0',
    '-0.5e-7',
    '1E400',
    '12345678901234567890',
    '1e5 ',
    'true',
    ' null',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\ude00\\ud83d"',
    '"\ud83d"',
    '"\\ud83dx"',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABcd"',
    '{"a":1,"b":2,"a":{"c":[]}}',
    '{"b":1,"2":1,"1":1}',
    '{"":""}',
    '[[],{},[{}]]',
    '\r\n\t [ 1 , 2 ] ',
  ])('%s is read as JSON.parse reads it', (text) => {
    for (const json of [read(text), read(...text.split(''))]) {
      expect(json.complete).toBe(true);
      expect(json.value).toStrictEqual(JSON.parse(text));
    }
  });

  test('a key named __proto__ becomes a field and changes no prototype', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":1}';
    const json = read(...text.split(''));
    expect(Object.getPrototypeOf(json.value)).toBe(Object.prototype);
    expect(Object.keys(json.value as object)).toEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(json.value)).toBe(text);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a string under the key __proto__ grows like any other', () => {
    const json = read('{"__proto__":"ab', 'cd');
    expect(JSON.stringify(json.value)).toBe('{"__proto__":"abcd"}');
  });
});

describe('a text in the middle', () => {
  test('never has a problem, is complete only where JSON.parse takes it, and shows a part of the whole', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const json = new IncrementalJson();
        const whole: unknown = JSON.parse(text);
        for (let end = 1; end <= text.length; end += 1) {
          json.push(text.charAt(end - 1));
          if (json.problem !== undefined) expect.fail(json.problem.message);
          if (json.complete !== parses(text.slice(0, end)))
            expect.fail(`complete: ${json.complete} at ${end}`);
          // A number is told when it can't go on any more, or the text may end here.
          if (json.value !== undefined && !json.complete && !isPartOf(json.value, whole))
            expect(json.value).toEqual(whole);
        }
        expect(json.value).toStrictEqual(whole);
      }),
    );
  });

  test('shows no less with more of the text', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const json = new IncrementalJson();
        let before: unknown;
        for (const unit of text.split('')) {
          json.push(unit);
          // A number at the top may end at any digit.
          if (typeof json.value === 'number') return;
          if (before !== undefined && !isPartOf(before, json.value)) expect(json.value).toEqual(before);
          before = structuredClone(json.value);
        }
      }),
    );
  });

  test('shows open strings, arrays and objects, and leaves out what is not complete', () => {
    const shown: string[] = [];
    const json = new IncrementalJson();
    for (const chunk of [
      '{"pa',
      'th":',
      '"src/',
      'a.ts","n":[1',
      ',23',
      ',"x',
      '"],"ok":tr',
      'ue,"last":-',
      '4}',
    ]) {
      json.push(chunk);
      shown.push(JSON.stringify(json.value));
    }
    expect(shown).toEqual([
      '{}',
      '{}',
      '{"path":"src/"}',
      '{"path":"src/a.ts","n":[]}',
      '{"path":"src/a.ts","n":[1]}',
      '{"path":"src/a.ts","n":[1,23,"x"]}',
      '{"path":"src/a.ts","n":[1,23,"x"]}',
      '{"path":"src/a.ts","n":[1,23,"x"],"ok":true}',
      '{"path":"src/a.ts","n":[1,23,"x"],"ok":true,"last":-4}',
    ]);
  });

  test('shows no half of a surrogate pair', () => {
    const json = read('{"a":"x\\ud83d');
    expect(json.value).toEqual({ a: 'x' });
    json.push('\\ude0');
    expect(json.value).toEqual({ a: 'x' });
    json.push('0');
    expect(json.value).toEqual({ a: 'x\u{1f600}' });
    const raw = read('"x\ud83d');
    expect(raw.value).toBe('x');
    raw.push('\ude00');
    expect(raw.value).toBe('x\u{1f600}');
  });

  test('a second field of the same name replaces the first as soon as its value begins', () => {
    const json = read('{"a":"first","b":1,"a":"se');
    expect(JSON.stringify(json.value)).toBe('{"a":"se","b":1}');
  });

  test('is undefined before anything can be told', () => {
    for (const text of ['', ' \n', '-', 'tru']) {
      expect(read(text).value).toBeUndefined();
      expect(read(text).complete).toBe(false);
    }
  });

  test('reading the value again and again gives the same growing structure', () => {
    const json = read('{"a":["b');
    const first = json.value;
    json.push('c"]}');
    expect(json.value).toBe(first);
    expect(first).toEqual({ a: ['bc'] });
  });
});

describe('a text that is not JSON', () => {
  test.each([
    ['{"a":1}x', 7],
    ['1 2', 2],
    ['"a" "b"', 4],
    ['{a:1}', 1],
    ["{'a':1}", 1],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[}', 1],
    ['{]', 1],
    ['{"a":1]', 6],
    ['"a\nb"', 2],
    ['"\\x"', 2],
    ['"\\u12g4"', 5],
    ['01', 1],
    ['-x', 1],
    ['1.', undefined],
    ['1.x', 2],
    ['1e+x', 3],
    ['[1.]', 3],
    ['trux', 3],
    ['[nul]', 4],
    ['undefined', 0],
    ['<html>', 0],
    ['\u00a01', 0],
  ])('%j is a problem at offset %s', (text, offset) => {
    for (const json of [read(text), read(...text.split(''))]) {
      expect(json.problem?.offset).toBe(offset);
      expect(json.complete).toBe(false);
    }
  });

  test('has a problem, or is not complete, whenever JSON.parse refuses it', () => {
    const almost = fc
      .tuple(jsonText, fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', 'x', ':', '{', '\u0001'))
      .map(([text, at, put]) => {
        const place = at % text.length;
        return text.slice(0, place) + put + text.slice(place + 1);
      });
    fc.assert(
      fc.property(fc.oneof(almost, fc.string()), (text) => {
        const json = read(...text.split(''));
        expect(json.complete).toBe(parses(text));
        if (json.complete) expect(json.value).toStrictEqual(JSON.parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps what was read before the problem, and all of the text', () => {
    const json = read('{"path":"a.ts","x":!', 'more');
    expect(json.value).toEqual({ path: 'a.ts' });
    expect(json.problem).toEqual({ message: 'expected a value, found "!"', offset: 19 });
    expect(json.text()).toBe('{"path":"a.ts","x":!more');
  });
});

describe('size', () => {
  test('nesting goes down to the limit and not beyond', () => {
    const deep = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
    expect(read(deep(MAX_JSON_DEPTH)).value).toStrictEqual(JSON.parse(deep(MAX_JSON_DEPTH)));
    const beyond = read(deep(MAX_JSON_DEPTH + 2));
    expect(beyond.problem?.message).toBe('more than 1000 arrays and objects within each other');
    expect(beyond.complete).toBe(false);
    expect(read('['.repeat(1_000_000)).complete).toBe(false);
  });

  test('five megabytes in small pieces, read after each, come out whole', () => {
    const json = read('{"content":"');
    for (let index = 0; index < 160_000; index += 1) {
      json.push('0123456789abcdef\\n0123456789abcd');
      void json.value;
    }
    json.push('"}');
    expect((json.value as { content: string }).content).toHaveLength(160_000 * 31);
  });
});

/** Strings begin alike, arrays too, objects have fewer fields, and all in them is a part in turn. */
function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string') return typeof whole === 'string' && whole.startsWith(part);
  if (typeof part !== 'object' || part === null) return Object.is(part, whole);
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole))
    return false;
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && isPartOf(value, (whole as Record<string, unknown>)[key]),
  );
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
