import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from '../src/format.js';
import { routeLength } from '../src/route.js';

test('a route is as long as its legs together, to one decimal', () => {
  const lakeLoop = [
    [47.27, 11.39],
    [47.275, 11.398],
    [47.281, 11.391],
    [47.276, 11.383],
    [47.27, 11.39],
  ];
  assert.equal(routeLength(lakeLoop), 3.3);
});

test('a route of one point has no length', () => {
  assert.equal(routeLength([[47.27, 11.39]]), 0);
});

test('a duration is shown in hours and minutes', () => {
  assert.equal(formatDuration(45), '45 min');
  assert.equal(formatDuration(110), '1 h 50 min');
  assert.equal(formatDuration(120), '2 h');
});
