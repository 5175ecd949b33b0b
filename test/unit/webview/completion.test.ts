import { describe, expect, test } from 'vitest';
import { findTrigger, writeMention } from '../../../webview/composer/completion/findTrigger.ts';
import { rankCommands, rankResources } from '../../../webview/composer/completion/suggest.ts';
import { stepHistory } from '../../../webview/composer/useHistory.ts';

/** The caret stands at the `|`. */
const at = (text: string) => findTrigger(text.replace('|', ''), text.indexOf('|'));

describe('what asks for suggestions', () => {
  test('is an @ that begins a word, up to the caret', () => {
    expect(at('see @src/l|ist')).toEqual({ kind: 'mention', start: 4, end: 10, query: 'src/l' });
    expect(at('@|')).toEqual({ kind: 'mention', start: 0, end: 1, query: '' });
    expect(at('(@a|')).toMatchObject({ start: 1, query: 'a' });
    expect(at('see @"my li|')).toEqual({ kind: 'mention', start: 4, end: 11, query: 'my li' });
    for (const text of ['sam@exa|', 'see @a b|', 'plain|', '|@a', 'see @"my list" |'])
      expect(at(text)).toBeNull();
  });

  test('is a command only at the beginning of all', () => {
    expect(at('/rev|iew')).toEqual({ kind: 'command', start: 0, end: 4, query: 'rev' });
    for (const text of ['/review |', 'see /rev|', '\n/rev|']) expect(at(text)).toBeNull();
  });
});

test('a mention with spaces is in quotes', () => {
  expect([writeMention('a.ts'), writeMention('my a.ts')]).toEqual(['@a.ts', '@"my a.ts"']);
});

test('commands come by their names, then by what they do', () => {
  const commands = ['compact', 'recompile', 'cost'].map((name) => ({
    name,
    description: '',
    argumentHint: '',
  }));
  const described = { name: 'sum', description: 'A compact text', argumentHint: '' };
  expect(rankCommands([described, ...commands], 'comp').map(({ name }) => name)).toEqual([
    'compact',
    'recompile',
    'sum',
  ]);
  expect(rankCommands([described, ...commands], 'x')).toEqual([]);
  expect(rankCommands(commands, '').map(({ name }) => name)).toEqual(['compact', 'cost', 'recompile']);
});

test('going back through what was said ends at its ends, and leaves alone what is being written', () => {
  const said = ['one', 'two\nlines', 'three'];
  const step = (key: 'ArrowUp' | 'ArrowDown', text: string, caret: number) =>
    stepHistory(said, { key, text, caret });
  expect(step('ArrowUp', '', 0)).toBe('three');
  expect(step('ArrowUp', 'three', 5)).toBe('two\nlines');
  expect(step('ArrowUp', 'two\nlines', 9)).toBeNull();
  expect(step('ArrowUp', 'two\nlines', 2)).toBe('one');
  expect(step('ArrowUp', 'one', 0)).toBeNull();
  expect(step('ArrowDown', 'two\nlines', 2)).toBeNull();
  expect(step('ArrowDown', 'two\nlines', 9)).toBe('three');
  expect(step('ArrowDown', 'three', 5)).toBe('');
  expect(step('ArrowDown', '', 0)).toBeNull();
  expect(step('ArrowUp', 'something new', 0)).toBeNull();
});

test('resources of servers are found by their address and by their name', () => {
  const resource = (server: string, uri: string, name: string) => ({ server, uri, name });
  const all = [
    resource('docs', 'doc://trails', 'Trails'),
    resource('maps', 'map://alps', 'The Alps'),
    resource('maps', 'map://docs', 'Legend'),
  ];
  const found = (query: string) => rankResources(all, query).map(({ uri }) => uri);
  expect(found('docs')).toEqual(['doc://trails', 'map://docs']);
  expect(found('MAPS:map://a')).toEqual(['map://alps']);
  expect(found('the alps')).toEqual(['map://alps']);
  expect(found('nothing')).toEqual([]);
});
