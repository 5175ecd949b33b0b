import { describe, expect, it } from 'vitest';
import {
  parseCustomizations,
  parseTokenRules,
  type TokenRule,
  toTokenColors,
} from '../../../src/vscode/tokenColors.ts';

const plain = 'var(--vscode-editor-foreground)';

describe('the colours of tokens', () => {
  it('come from the selector that says most about the scope', () => {
    const rules = parseTokenRules([
      { scope: 'keyword', settings: { foreground: '#111111' } },
      { scope: ['keyword.control', 'keyword.operator.new'], settings: { foreground: '#222222' } },
      { scope: 'keyword', settings: { foreground: '#333333' } },
    ]);
    expect(colorsOf(rules, 'keyword', 'operator')).toEqual({ keyword: '#222222', operator: '#333333' });
  });

  it('come from the later of two equal rules', () => {
    const rules = parseTokenRules([
      { scope: 'comment', settings: { foreground: '#111111' } },
      { scope: 'comment', settings: { foreground: '#222222' } },
    ]);
    expect(colorsOf(rules, 'comment')).toEqual({ comment: '#222222' });
  });

  it('are that of plain text where no rule matches', () => {
    expect(new Set(Object.values(toTokenColors([])))).toEqual(new Set([plain]));
    expect(Object.keys(toTokenColors([]))).toHaveLength(16);
  });

  it('follow whole parts of a scope, not letters', () => {
    const rules = parseTokenRules([{ scope: 'entity.name.t', settings: { foreground: '#111111' } }]);
    expect(colorsOf(rules, 'type', 'tag')).toEqual({ type: plain, tag: plain });
  });

  it('leave out selectors that need to know what stands around the token', () => {
    const rules = parseTokenRules([{ scope: 'source.css string', settings: { foreground: '#111111' } }]);
    expect(colorsOf(rules, 'string')).toEqual({ string: plain });
  });

  it('take several scopes in one string, and skip what is no colour', () => {
    const rules = parseTokenRules([
      { scope: 'string, comment', settings: { foreground: '#abc' } },
      { scope: 'constant.numeric', settings: { foreground: 'red; background: url(https://x)' } },
      { scope: 'keyword', settings: { fontStyle: 'bold' } },
      'nonsense',
      { settings: { foreground: '#ffffff' } },
    ]);
    expect(colorsOf(rules, 'string', 'comment', 'number', 'keyword')).toEqual({
      string: '#abc',
      comment: '#abc',
      number: plain,
      keyword: plain,
    });
  });

  it('are changed by the settings, and by those for this theme', () => {
    const theme = parseTokenRules([
      { scope: 'comment', settings: { foreground: '#111111' } },
      { scope: 'string.quoted', settings: { foreground: '#111111' } },
    ]);
    const custom = parseCustomizations(
      {
        comments: '#222222',
        strings: { foreground: '#222222' },
        textMateRules: [{ scope: 'constant.numeric', settings: { foreground: '#222222' } }],
        '[Default Dark*]': { functions: '#333333' },
        '[Another]': { types: '#444444' },
      },
      'Default Dark Modern',
    );
    expect(colorsOf([...theme, ...custom], 'comment', 'number', 'function', 'type')).toEqual({
      comment: '#222222',
      number: '#222222',
      function: '#333333',
      type: plain,
    });
  });

  it('need no settings to be there', () => {
    expect(parseCustomizations(undefined, 'Any')).toEqual([]);
    expect(parseTokenRules('./colors.tmTheme')).toEqual([]);
  });
});

function colorsOf(rules: readonly TokenRule[], ...kinds: string[]): Record<string, string | undefined> {
  const colors = toTokenColors(rules);
  return Object.fromEntries(kinds.map((kind) => [kind, colors[`--belay-token-${kind}`]]));
}
