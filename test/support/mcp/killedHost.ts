// A process that has MCP servers, to be killed by a test. Its argument is their configurations, as JSON. It says how far it is, and
// in the end calls the tool that never ends of each.
import type { McpServerConfig } from '../../../src/protocol/mcp.ts';
import { createServerRig } from './serverRig.ts';

// Nobody listens any more while it is being killed.
process.stdout.on('error', () => undefined);

const servers: Readonly<Record<string, McpServerConfig>> = JSON.parse(process.argv[2] ?? '{}');
const rig = createServerRig({ servers });
process.stdout.write('begun\n');
await Promise.all(Object.keys(servers).map((name) => rig.until(name, 'connected')));
process.stdout.write('connected\n');
const ENDLESS = /__(wait|trigger-long-running-operation)$/;
for (const name of (await rig.names()).filter((each) => ENDLESS.test(each))) {
  rig
    .call(name, { duration: 600, steps: 600 }, { onProgress: () => process.stdout.write('working\n') })
    .catch(() => undefined);
}
setInterval(() => undefined, 1000);
