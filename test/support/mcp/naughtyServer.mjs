// An MCP server over standard input and output that can do what servers must not: its tools die, flood, never answer, or
// change the list of tools. `node naughtyServer.mjs [silent|die|flood|junk|immortal]` misbehaves from the start.

import { spawn } from 'node:child_process';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import * as z from 'zod';

const [mode = 'good'] = process.argv.slice(2);
const text = (/** @type {string} */ body) => ({
  content: [{ type: /** @type {const} */ ('text'), text: body }],
});

if (mode === 'silent') process.stdin.resume();
else if (mode === 'die') {
  process.stderr.write('no configuration was found');
  process.exitCode = 3;
} else if (mode === 'flood') process.stdout.write('x'.repeat(11 * 1024 * 1024), () => process.stdin.resume());
else await serve();

async function serve() {
  if (mode === 'immortal') {
    setInterval(() => undefined, 1000);
    process.on('SIGTERM', () => undefined);
    process.stdout.on('error', () => undefined);
  }
  if (mode === 'junk') process.stdout.write('starting up…\n{"jsonrpc":"1.0"}\n[]\n');
  const server = new McpServer(
    { name: 'naughty', version: '1.2.3' },
    { instructions: 'Call die to end it all.', capabilities: { logging: {} } },
  );
  const readOnly = { readOnlyHint: true };
  server.registerTool('pid', { description: 'Its process', annotations: readOnly }, () =>
    text(`${process.pid}`),
  );
  server.registerTool('environment', { description: 'Its variables' }, () =>
    text(JSON.stringify(process.env)),
  );
  server.registerTool('die', { description: 'Ends the server' }, () => {
    process.stderr.write('I was told to die');
    process.exit(7);
  });
  let cancelled = 0;
  server.registerTool('wait', { description: 'Says that it has begun, and never answers' }, async (extra) => {
    extra.signal.addEventListener('abort', () => {
      cancelled += 1;
    });
    const progressToken = extra._meta?.progressToken ?? 0;
    const params = { progressToken, progress: 0, message: 'begun' };
    await extra.sendNotification({ method: 'notifications/progress', params });
    return new Promise(() => undefined);
  });
  server.registerTool('cancelled', { description: 'How many calls were cancelled' }, () =>
    text(`${cancelled}`),
  );
  server.registerTool('flood', { description: 'Sends a message without an end' }, () => {
    process.stdout.write('x'.repeat(11 * 1024 * 1024));
    return text('never read');
  });
  server.registerTool('chatter', { description: 'Sends messages without an end' }, () => {
    const line = `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: '' } })}\n`;
    process.stdout.write(line.repeat(30_000));
    return new Promise(() => undefined);
  });
  server.registerTool('long', { description: 'A long answer' }, () => text('0123456789'.repeat(30_000)));
  server.registerTool('fail', { description: 'Answers with an error' }, () => ({
    ...text('that went wrong'),
    isError: true,
  }));
  server.registerTool('child', { description: 'Starts a process that outlives it' }, () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    return text(`${child.pid}`);
  });
  const changing = server.registerTool('changing', { description: 'As it was' }, () => text('as it was'));
  server.registerTool(
    'change',
    { description: 'Changes the list', inputSchema: { add: z.boolean() } },
    ({ add }) => {
      changing.update({ description: 'Something else', callback: () => text('something else') });
      if (add) server.registerTool('added', { description: 'A new one' }, () => text('new'));
      return text('changed');
    },
  );
  await server.connect(new StdioServerTransport());
}
