import { describe, expect, it } from 'vitest';
import { findMentions } from '../../../../src/core/input/findMentions.ts';

describe('mentions of files in a prompt', () => {
  it('are words that begin with @, in quotes with spaces, each once', () => {
    expect(findMentions('See @src/a.ts and (@b.md), @"my notes.md" and @src/a.ts.')).toEqual([
      { path: 'src/a.ts' },
      { path: 'b.md' },
      { path: 'my notes.md' },
    ]);
  });

  it('may name a line or lines', () => {
    expect(findMentions('@a.ts#L5 @a.ts#L5-20 @"b c.md#3-2" @a.ts#intro')).toEqual([
      { path: 'a.ts', lines: { from: 5, to: 5 } },
      { path: 'a.ts', lines: { from: 5, to: 20 } },
      { path: 'b c.md', lines: { from: 3, to: 3 } },
      { path: 'a.ts#intro' },
    ]);
  });

  it('are no addresses and no code', () => {
    expect(findMentions('Write to sam@example.com, `@`, @, a@b and x.@y')).toEqual([]);
  });

  it('are a few, not a text that is made of them', () => {
    const text = Array.from({ length: 50 }, (_, index) => `@f${index}`).join(' ');
    expect(findMentions(text)).toHaveLength(20);
  });
});
