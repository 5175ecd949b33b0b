import { expect, test } from 'vitest';
import type { Problem } from '../../../src/protocol/problems.ts';
import { describeChange } from '../../../webview/blocks/tools/describeProblems.ts';

const problem: Problem = { severity: 'error', line: 1, column: 1, message: 'no' };

test('the line below a change says how many problems are new and how many are gone', () => {
  expect(describeChange({ added: [problem, problem], more: 0, gone: 0 })).toBe('2 new problems');
  expect(describeChange({ added: [problem], more: 24, gone: 1 })).toBe('25 new problems, 1 problem gone');
  expect(describeChange({ added: [], more: 0, gone: 3 })).toBe('3 problems gone');
});

test('what may have been there before is not called new', () => {
  expect(describeChange({ added: [problem], more: 0, gone: 0, mayBeOlder: true })).toBe('1 problem');
});
