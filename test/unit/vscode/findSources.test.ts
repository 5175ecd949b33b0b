import { describe, expect, it } from 'vitest';
import { cutSource, findSources, toPlainOutput } from '../../../src/vscode/context/findSources.ts';

describe('what of the editor a message names', () => {
  it.each([
    ['Fix @problems, please', ['problems']],
    ['Do @terminal and @changes go together?', ['changes', 'terminal']],
    ['@problems @problems', ['problems']],
    ['@problems.ts and mail@problems', []],
  ])('%j: %j', (text, names) => {
    expect(findSources(text)).toEqual(names);
  });
});

describe('the output of a terminal', () => {
  it('has no colours, no marks of the shell, and no progress that was written over', () => {
    const output = '\u001b]633;C\u0007\u001b[1;32mok\u001b[0m\r\n10 %\r100 %\r\n\u001b[?2004hdone\r\n';
    expect(toPlainOutput(output)).toBe('ok\n100 %\ndone');
  });
});

describe('a long source', () => {
  it('is cut where it says least, and says so', () => {
    const text = `begin${'x'.repeat(40_000)}end`;
    expect(cutSource(text, 'start')).toMatch(/^begin[\s\S]*\n\(10008 more characters\)$/);
    expect(cutSource(text, 'end')).toMatch(/^\(10008 more characters\)\n[\s\S]*end$/);
    expect(cutSource('short', 'end')).toBe('short');
  });
});
