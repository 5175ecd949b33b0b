import { expect, it } from 'vitest';
import type { LanguageAnswer, LanguageQuestion } from '../../../../src/protocol/languageFeatures.ts';
import { createHarness } from '../../../support/agentHarness.ts';

function suggest(answer: LanguageAnswer) {
  const asked: LanguageQuestion[] = [];
  const harness = createHarness({
    replies: [],
    options: {
      rules: [{ toolName: 'Read', ruleContent: 'secret/**', behavior: 'deny', layer: 'user' }],
    },
    ports: {
      languageFeatures: {
        ask: async (question) => {
          asked.push(question);
          return answer;
        },
      },
    },
  });
  const find = async (query: string) =>
    (await harness.peer.request('belay/symbol_suggestions', { query })).symbols;
  return { find, asked };
}

const at = (name: string, path: string, more: object = {}) => ({
  ...{ name, path, line: 3, character: 1, kind: 'function', depth: 0 },
  ...more,
});

it('symbols of the workspace are suggested by their names, with the lines they take, but not of what may not be read', async () => {
  const { find, asked } = suggest({
    kind: 'symbols',
    symbols: [
      at('notOpen', '/w/src/a.ts'),
      at('openTrail', '/w/src/b.ts', { lastLine: 9, container: 'Trails' }),
      at('open', '/w/src/c.ts'),
      at('openSecret', '/w/secret/key.ts'),
      at('openLibrary', '/usr/lib/x.ts'),
    ],
    beyond: 0,
  });
  expect(await find('open')).toEqual([
    { name: 'open', kind: 'function', path: 'src/c.ts', line: 3, lastLine: 3 },
    { name: 'openTrail', kind: 'function', container: 'Trails', path: 'src/b.ts', line: 3, lastLine: 9 },
    { name: 'notOpen', kind: 'function', path: 'src/a.ts', line: 3, lastLine: 3 },
  ]);
  expect(asked).toEqual([{ operation: 'workspaceSymbol', query: 'open' }]);
});

it('language servers are not asked for a letter or a path, and one that is late has none', async () => {
  const { find, asked } = suggest({ kind: 'late', seconds: 10 });
  for (const query of ['', 'o', 'src/o', 'src\\o']) expect(await find(query)).toEqual([]);
  expect(asked).toEqual([]);
  expect(await find('op')).toEqual([]);
  expect(asked).toHaveLength(1);
});
