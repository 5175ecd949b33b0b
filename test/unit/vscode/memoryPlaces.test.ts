import { describe, expect, it } from 'vitest';
import {
  listMemoryPlaces,
  type MemoryChoice,
  toMemoryLine,
} from '../../../src/vscode/memory/memoryPlaces.ts';

const list = async (there: readonly string[], choice: Partial<MemoryChoice> = {}) => {
  const places = await listMemoryPlaces({
    workspace: { roots: ['/w'], platform: 'linux', trusted: true },
    hasFolder: true,
    configDir: '/home/u/.claude',
    exists: async (path) => there.includes(path),
    ...choice,
  });
  return places.map(({ path }) => path);
};

describe('where a line can be remembered', () => {
  it('is the project, the project for one person, and all projects', async () => {
    expect(await list([])).toEqual(['/w/CLAUDE.md', '/w/CLAUDE.local.md', '/home/u/.claude/CLAUDE.md']);
  });

  it('is AGENTS.md where that is what a project uses', async () => {
    expect(await list(['/w/AGENTS.md'])).toContain('/w/AGENTS.md');
    expect(await list(['/w/AGENTS.md', '/w/CLAUDE.md'])).not.toContain('/w/AGENTS.md');
  });

  it('is not a project that is not trusted, whose files are not read', async () => {
    const workspace = { roots: ['/w'], platform: 'linux', trusted: false } as const;
    expect(await list([], { workspace })).toEqual(['/home/u/.claude/CLAUDE.md']);
    expect(await list([], { hasFolder: false })).toEqual(['/home/u/.claude/CLAUDE.md']);
  });

  it('is any folder of several, on Windows, too', async () => {
    const workspace = { roots: ['C:\\a', 'C:\\b'], platform: 'win32', trusted: true } as const;
    expect(await list([], { workspace, configDir: 'C:\\u\\.claude' })).toEqual([
      'C:\\a\\CLAUDE.md',
      'C:\\a\\CLAUDE.local.md',
      'C:\\b\\CLAUDE.md',
      'C:\\b\\CLAUDE.local.md',
      'C:\\u\\.claude\\CLAUDE.md',
    ]);
  });
});

describe('the line', () => {
  it.each([
    ['# Use tabs', '', '- Use tabs\n'],
    ['#Use  tabs ', 'a\n', '- Use tabs\n'],
    ['# - Use tabs', 'a', '\n- Use tabs\n'],
    ['# Use tabs', 'a\r\nb', '\r\n- Use tabs\r\n'],
  ])('%j behind %j is %j', (typed, before, line) => {
    expect(toMemoryLine(typed, before)).toBe(line);
  });
});
