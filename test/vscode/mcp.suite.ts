// The view "MCP Servers" on VS Code's own tree items, with an agent that answers from a script.

import assert from 'node:assert/strict';
import { TreeItemCheckboxState } from 'vscode';
import { createMcpView } from '../../src/vscode/mcp/mcpView.ts';
import type { SessionHost } from '../../src/vscode/sessionHost.ts';
import type { TestFunction } from './suite.ts';

const ANSWERS: Readonly<Record<string, object>> = {
  mcp_status: {
    mcpServers: [
      {
        name: 'maps',
        status: 'connected',
        tools: [
          { name: 'find', description: '[click](command:belay.open) **bold**' },
          { name: 'draw', belay_off: true },
        ],
        belay_has_resources: true,
      },
      { name: 'bad', status: 'failed', error: 'It is gone.' },
      { name: 'shut', status: 'needs-auth', error: 'It wants you to log in.', belay_login: 'wanted' },
      { name: 'open', status: 'connected', belay_login: 'kept' },
    ],
  },
  'belay/mcp_resources': { resources: [{ server: 'maps', uri: 'map://alps', name: 'Alps' }] },
  'belay/mcp_tool_toggle': { problem: 'A rule of your organization denies it.' },
};

export default function suite(test: TestFunction): void {
  test('the view of MCP servers shows states, tools to be checked, and resources when they are looked at', async () => {
    const asked: unknown[] = [];
    const view = createMcpView({
      host: () =>
        ({
          request: async (subtype: string, payload: object) => {
            asked.push([subtype, payload]);
            return ANSWERS[subtype] ?? {};
          },
        }) as unknown as SessionHost,
      earlierTexts: { show: () => assert.fail('nothing is compared'), dispose: () => undefined },
      cwd: '/nowhere',
    });
    const [maps, bad, shut, open] = await view.roots();
    assert.ok(maps && bad && shut && open);
    assert.deepEqual(
      [maps.node, bad.node, shut.node, open.node].map(({ label, description, contextValue }) => [
        label,
        description,
        contextValue,
      ]),
      [
        ['maps', 'connected', 'server.connected'],
        ['bad', 'not connected · It is gone.', 'server.failed'],
        ['shut', 'needs you to log in · It wants you to log in.', 'server.needs-auth login-wanted'],
        ['open', 'connected', 'server.connected login-kept'],
      ],
    );
    const [tools, resources] = await maps.children();
    assert.ok(tools && resources);
    const [find, draw] = await tools.children();
    assert.ok(find && draw);
    const states = [find, draw].map(({ node }) => (node.checkboxState as { state: unknown }).state);
    assert.deepEqual(states, [TreeItemCheckboxState.Checked, TreeItemCheckboxState.Unchecked]);
    const { value, isTrusted } = find.node.tooltip as { value: string; isTrusted?: boolean };
    assert.notEqual(isTrusted, true);
    assert.ok(!value.includes('**bold**'), value);
    assert.equal(asked.length, 1);
    assert.deepEqual(
      (await resources.children()).map(({ node }) => [node.label, node.description]),
      [['Alps', 'map://alps']],
    );
    await assert.rejects(view.switchTool(draw.item, true), /organization denies/);
    assert.deepEqual(asked.at(-1), [
      'belay/mcp_tool_toggle',
      { serverName: 'maps', toolName: 'draw', enabled: true },
    ]);
    await view.run('reconnect', bad.item);
    assert.deepEqual(asked.at(-1), ['mcp_reconnect', { serverName: 'bad' }]);
    await view.run('logIn', shut.item);
    await view.run('logOut', open.item);
    assert.deepEqual(asked.slice(-2), [
      ['belay/mcp_login', { serverName: 'shut' }],
      ['belay/mcp_logout', { serverName: 'open' }],
    ]);
    await assert.rejects(view.run('openConfiguration', bad.item), /does not stand in the \.mcp\.json/);
    view.dispose();
  });
}
