import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesServer, takeToolName } from '../../../../src/core/mcp/mcpNames.ts';

describe('names of tools', () => {
  it('hold the server and the tool, with what the API does not take replaced', () => {
    const taken = new Set<string>();
    expect(takeToolName('github', 'create_issue', taken)).toBe('mcp__github__create_issue');
    expect(takeToolName('my server.io', 'größe/ändern', taken)).toBe('mcp__my_server_io__gr__e__ndern');
  });

  it('are told apart when two tools would have the same', () => {
    const taken = new Set<string>();
    const names = ['a.b', 'a b', 'a_b'].map((tool) => takeToolName('s', tool, taken));
    expect(names).toEqual(['mcp__s__a_b', 'mcp__s__a_b_2', 'mcp__s__a_b_3']);
  });

  it('are always unique and what the API takes', () => {
    void fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string({ maxLength: 300 }))), (tools) => {
        const taken = new Set<string>();
        const names = tools.map(([server, tool]) => takeToolName(server, tool, taken));
        expect(new Set(names).size).toBe(tools.length);
        for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/);
      }),
    );
  });
});

describe('rules that name a server', () => {
  const strict = { everyServer: true };
  const lenient = { everyServer: false };

  it('name it alone or with a star', () => {
    expect(namesServer('mcp__github', 'github', lenient)).toBe(true);
    expect(namesServer('mcp__github__*', 'github', lenient)).toBe(true);
    expect(namesServer('mcp__my_server', 'my server', lenient)).toBe(true);
  });

  it('do not name another', () => {
    expect(namesServer('mcp__git', 'github', strict)).toBe(false);
    expect(namesServer('mcp__github__create', 'github', strict)).toBe(false);
    expect(namesServer('github', 'github', strict)).toBe(false);
  });

  it('name all of them only where that makes things stricter', () => {
    expect(namesServer('mcp__*', 'github', strict)).toBe(true);
    expect(namesServer('mcp__*', 'github', lenient)).toBe(false);
  });
});
