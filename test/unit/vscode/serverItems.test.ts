import { describe, expect, it } from 'vitest';
import type { McpServerStatus } from '../../../src/protocol/mcp.ts';
import {
  describeMcpItem,
  type McpItem,
  toItemId,
  toItemLabel,
  toLogText,
  toServerItems,
} from '../../../src/vscode/mcp/serverItems.ts';

const maps: McpServerStatus = {
  name: 'maps',
  status: 'connected',
  tools: [
    { name: 'find', belay_title: 'Find trails' },
    { name: 'draw', belay_off: true },
    { name: 'walk', belay_changed: true },
  ],
  belay_prompts: [{ name: 'plan', command: 'mcp__maps__plan', description: 'Plans a walk' }],
  belay_has_resources: true,
};

/** Each line: how deep, label, description. */
function draw(items: readonly McpItem[], depth = 0): string[] {
  return items.flatMap((item) => [
    `${'  '.repeat(depth)}${[toItemLabel(item), describeMcpItem(item)].filter(Boolean).join(' | ')}`,
    ...('items' in item ? draw(item.items, depth + 1) : []),
  ]);
}

describe('the tree of MCP servers', () => {
  it('has what each server offers, and says what is switched off or has changed', () => {
    expect(draw(toServerItems([maps]))).toEqual([
      'maps | connected',
      '  Tools | 2 of 3',
      '    find | Find trails',
      '    draw',
      '    walk | changed, not accepted yet',
      '  Resources',
      '  Prompts | 1',
      '    /mcp__maps__plan | Plans a walk',
    ]);
  });

  it('says of a server that is not connected why', () => {
    const servers: McpServerStatus[] = [
      { name: 'a', status: 'failed', error: 'npx was not found.' },
      { name: 'b', status: 'pending' },
      { name: 'c', status: 'needs-auth', error: 'It refused the sign-in (HTTP 401).' },
      { name: 'd', status: 'disabled' },
    ];
    expect(draw(toServerItems(servers))).toEqual([
      'a | not connected · npx was not found.',
      'b | connecting',
      'c | needs you to log in · It refused the sign-in (HTTP 401).',
      'd | switched off',
    ]);
  });

  it('gives each item a name of its own, whatever servers call themselves and theirs', () => {
    const odd = { ...maps, name: 'maps","tools' };
    const all = (items: readonly McpItem[]): string[] =>
      items.flatMap((item) => [toItemId(item), ...('items' in item ? all(item.items) : [])]);
    const ids = all(toServerItems([maps, odd]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a log with a line for each thing that was said', () => {
    const entries = [
      { at: 0, level: 'stderr', text: 'listening' },
      { at: 1500, level: 'belay', text: 'Connected.' },
    ];
    expect(toLogText({ entries })).toBe(
      '1970-01-01T00:00:00.000Z [stderr] listening\n1970-01-01T00:00:01.500Z [belay] Connected.\n',
    );
  });
});
