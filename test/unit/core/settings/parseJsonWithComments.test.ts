import { expect, it } from 'vitest';
import { parseJsonWithComments } from '../../../../src/core/settings/parseJsonWithComments.ts';

it('reads JSON with comments, trailing commas and a byte order mark', () => {
  const text = '\uFEFF{\n  // a line\n  "a": [1, 2, /* two */],\n  "b": "x, }", \n}';
  expect(parseJsonWithComments(text)).toEqual({ a: [1, 2], b: 'x, }' });
});

it('leaves strings alone that look like comments', () => {
  expect(parseJsonWithComments('{"url": "https://a/*b*/", "quote": "\\"// no"}')).toEqual({
    url: 'https://a/*b*/',
    quote: '"// no',
  });
});

it('gives nothing for what is no JSON', () => {
  expect(parseJsonWithComments('{"a":')).toBeUndefined();
  expect(parseJsonWithComments('')).toBeUndefined();
});
