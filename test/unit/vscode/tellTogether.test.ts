import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTeller, type Teller } from '../../../src/vscode/review/tellTogether.ts';

const told: (readonly string[])[] = [];
/** What telling takes, in ms. */
let takes: number;
let teller: Teller;

beforeEach(() => {
  vi.useFakeTimers();
  told.length = 0;
  takes = 0;
  teller = createTeller(
    (paths) => {
      told.push(paths);
      vi.setSystemTime(Date.now() + takes);
    },
    () => Date.now(),
  );
});

afterEach(() => {
  teller.dispose();
  vi.useRealTimers();
});

test('what changes alone is told at once', () => {
  teller.tell(['a']);
  expect(told).toEqual([['a']]);
  vi.advanceTimersByTime(100);
  teller.tell(['b']);
  expect(told).toEqual([['a'], ['b']]);
});

test('what changes close behind is told together, each path once', () => {
  for (const path of ['a', 'b', 'c', 'b']) teller.tell([path]);
  expect(told).toEqual([['a']]);
  vi.advanceTimersByTime(30);
  expect(told).toEqual([['a'], ['b', 'c']]);
  vi.advanceTimersByTime(1000);
  expect(told).toHaveLength(2);
});

test('the longer it takes, the less often it is told', () => {
  takes = 200;
  teller.tell(['first']);
  for (let index = 0; index < 100; index += 1) {
    teller.tell([`${index}`]);
    vi.advanceTimersByTime(10);
  }
  expect(told.map(({ length }) => length)).toEqual([1, 80]);
  vi.advanceTimersByTime(1000);
  expect(new Set(told.flat()).size).toBe(101);
});

test('nothing is told any more once nobody listens', () => {
  teller.tell(['a']);
  teller.tell(['b']);
  teller.dispose();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([['a']]);
});
