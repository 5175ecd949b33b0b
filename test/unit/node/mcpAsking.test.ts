// What a server asks of the person in the middle of a call: the official server that shows everything asks, over a real process.

import { afterEach, describe, expect, it } from 'vitest';
import type { Elicitation } from '../../../src/core/mcp/elicitation.ts';
import type { ElicitationAnswer } from '../../../src/protocol/mcp.ts';
import { everything } from '../../support/mcp/serverCommands.ts';
import { createServerRig, type ServerRig } from '../../support/mcp/serverRig.ts';

const rigs: ServerRig[] = [];
afterEach(() => Promise.all(rigs.splice(0).map(({ mcp }) => mcp.close())));

function start(answer: (asked: Elicitation, signal: AbortSignal) => Promise<ElicitationAnswer>) {
  const asked: Elicitation[] = [];
  const rig = createServerRig({
    servers: { every: everything },
    elicit: (question, signal) => {
      asked.push(question);
      return answer(question, signal);
    },
  });
  rigs.push(rig);
  return { rig, asked };
}

const textOf = (content: unknown): string => JSON.stringify(content);

describe('what a server asks during a call', () => {
  it('is a form in the order of the server, whose answer it gets', async () => {
    const { rig, asked } = start(async () => ({ action: 'accept', content: { name: 'Sam', integer: 7 } }));
    const { content, isError } = await rig.call('mcp__every__trigger-elicitation-request');
    expect(isError).toBe(false);
    expect(textOf(content)).toContain('Name: Sam');
    expect(textOf(content)).toContain('Favorite Integer: 7');
    expect(asked[0]).toMatchObject({ mcp_server_name: 'every', mode: 'form' });
    expect(asked[0]?.property_order?.slice(0, 3)).toEqual(['name', 'check', 'firstLine']);
  });

  it('is withdrawn when the call is cancelled', async () => {
    const stop = new AbortController();
    const withdrawn = new Promise<void>((resolve) => {
      const { rig } = start(
        (_asked, signal) =>
          new Promise((answer) => {
            signal.addEventListener('abort', () => {
              answer({ action: 'cancel' });
              resolve();
            });
            stop.abort(new Error('stopped'));
          }),
      );
      rig.call('mcp__every__trigger-elicitation-request', {}, { signal: stop.signal }).catch(() => undefined);
    });
    await expect(withdrawn).resolves.toBeUndefined();
  });

  it('is a page that has to be opened before the call can be done', async () => {
    let action: 'accept' | 'decline' = 'accept';
    const { rig, asked } = start(async () => ({ action }));
    const call = (url: string) =>
      rig.call('mcp__every__trigger-url-elicitation', { url, errorPath: true, message: 'Sign in' });
    const opened = await call('https://example.com/one');
    expect(opened).toMatchObject({ isError: true });
    expect(textOf(opened.content)).toContain('call the tool again when they are done there');
    expect(asked).toMatchObject([{ mode: 'url', url: 'https://modelcontextprotocol.io' }]);
    action = 'decline';
    const refused = await call('https://example.com/two');
    expect(textOf(refused.content)).toContain('which they did not want to');
  });
});
