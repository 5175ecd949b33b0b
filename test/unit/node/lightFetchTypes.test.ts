import { describe, expect, it } from 'vitest';
import * as light from '../../../src/node/lightFetchTypes.ts';

type AnyHeaders = Pick<
  Headers,
  'append' | 'set' | 'delete' | 'has' | 'get' | 'getSetCookie' | 'entries' | 'keys' | 'values' | 'forEach'
> &
  Iterable<[string, string]>;
type Work = (headers: AnyHeaders) => void;

/** All there is to see of it. */
function look(headers: AnyHeaders): object {
  const visited: unknown[] = [];
  headers.forEach((value, name, all) => {
    visited.push(value, name, all === headers);
  });
  return {
    all: [...headers],
    entries: [...headers.entries()],
    keys: [...headers.keys()],
    values: [...headers.values()],
    visited,
    cookies: headers.getSetCookie(),
    tag: Object.prototype.toString.call(headers),
  };
}

const works: Readonly<Record<string, Work>> = {
  'nothing at all': () => undefined,
  'a name in either case': (headers) => {
    headers.append('X-A', '1');
    headers.set('x-a', '2');
    headers.append('Accept', 'text/html');
  },
  'values of one name': (headers) => {
    headers.append('b', '1');
    headers.append('B', '2');
    headers.append('a', '3');
  },
  cookies: (headers) => {
    headers.append('Set-Cookie', 'b=2; Path=/');
    headers.append('set-cookie', 'a=1');
    headers.append('z', '1');
    headers.append('a', '1');
  },
  'a name that is taken out': (headers) => {
    headers.append('a', '1');
    headers.delete('A');
    headers.delete('never');
  },
  'space around a value': (headers) => headers.set('a', ' \t\r\n1 2\n '),
  'an empty value': (headers) => headers.append('a', ''),
  'letters of Latin-1': (headers) => headers.set('a', 'ü'),
  'a name that a record would have': (headers) => headers.set('constructor', '__proto__'),
};

const refused: Readonly<Record<string, Work>> = {
  'a name with a space': (headers) => headers.set('a b', '1'),
  'an empty name': (headers) => headers.append('', '1'),
  'a line end in a name': (headers) => headers.append('a\n', '1'),
  'a line end in a value': (headers) => headers.append('a', '1\r\nb: 2'),
  'a zero in a value': (headers) => headers.set('a', '1\0'),
  'a letter beyond Latin-1 in a value': (headers) => headers.set('a', 'ł'),
  'to look for no name': (headers) => void headers.get('a b'),
  'to ask for no name': (headers) => void headers.has('ü'),
  'to take out no name': (headers) => headers.delete(''),
};

describe('the light headers', () => {
  it.each(Object.entries(works))('show what those of the runtime show: %s', (_, work) => {
    const [ours, theirs] = [new light.Headers(), new Headers()];
    work(ours);
    work(theirs);
    expect(look(ours)).toEqual(look(theirs));
    for (const name of ['a', 'A', 'b', 'set-cookie', 'toString'])
      expect([name, ours.get(name), ours.has(name)]).toEqual([name, theirs.get(name), theirs.has(name)]);
  });

  it.each(Object.entries(refused))('refuse what those of the runtime refuse: %s', (_, work) => {
    expect(() => work(new Headers())).toThrow(TypeError);
    expect(() => work(new light.Headers())).toThrow(TypeError);
  });

  it('never name a value in what they throw', () => {
    expect(() => new light.Headers({ 'x-api-key': 'secret\n1' })).toThrow(/^(?!.*secret)/s);
  });

  it.each([
    ['a record', { 'X-A': '1', b: '2' }],
    ['pairs', [['X-A', '1'] as const, ['x-a', '2'] as const]],
    ['others', new Headers({ a: '1' })],
    ['their own kind', new light.Headers({ a: '1' })],
  ])('are made of %s', (_, given) => {
    expect([...new light.Headers(given)]).toEqual([...new Headers(given as HeadersInit)]);
  });

  it('give those of the runtime what they hold', () => {
    expect([...new Headers(new light.Headers({ 'X-A': '1' }))]).toEqual([['x-a', '1']]);
  });
});

describe('the light form', () => {
  it('knows a form of the runtime', () => {
    const isForm = (value: unknown): boolean => value instanceof light.FormData;
    expect([new FormData(), {}, 'text', undefined].map(isForm)).toEqual([true, false, false, false]);
  });
});
