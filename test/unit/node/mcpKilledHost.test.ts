// A process that has MCP servers is killed, with no time to end anything, fifty times: none of the servers is left.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from '../../../scripts/run.mjs';
import { everything, naughty } from '../../support/mcp/serverCommands.ts';
import { processesNamed } from './findProcesses.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const RUNS = 50;
/** A host waits for its servers most of the time, so two cores carry some more. */
const AT_ONCE = 8;

/** When it is killed: as soon as a server is there, when all are connected, or in the middle of calls. */
const MOMENTS = ['begun', 'connected', 'working'] as const;

it('leaves no server running, whatever it was at', { timeout: 600_000 }, async () => {
  const script = await bundleHost();
  const waiting = Array.from({ length: RUNS }, (_, run) => run);
  let ended = 0;
  const work = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const moment = MOMENTS[run % MOMENTS.length] ?? 'begun';
      await killAt(moment, { script, name: `killed-${run}-${process.pid}`, isEverything: run % 5 === 0 });
      ended += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(ended).toBe(RUNS);
});

interface Host {
  readonly script: string;
  /** In the command line of each of its servers. */
  readonly name: string;
  /** With the official server that shows everything, too. */
  readonly isEverything: boolean;
}

/** Resolves when none of its servers is left. The official one ends with its input, the other does not even heed SIGTERM. */
async function killAt(moment: (typeof MOMENTS)[number], { script, name, isEverything }: Host): Promise<void> {
  const named = (config: typeof everything) => ({ ...config, args: [...(config.args ?? []), name] });
  const immortal = named(naughty('immortal'));
  const servers = isEverything ? { immortal, every: named(everything) } : { immortal };
  const host = spawn(process.execPath, [script, JSON.stringify(servers)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const serversNow = (): readonly number[] => processesNamed(name).filter((pid) => pid !== host.pid);
    let said = '';
    for await (const text of host.stdout.setEncoding('utf8')) {
      said += String(text);
      if (said.includes(moment)) break;
    }
    await expect.poll(() => serversNow().length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await expect.poll(() => serversNow().length, { timeout: 60_000, interval: 100 }).toBe(0);
  } finally {
    host.kill('SIGKILL');
  }
}

/** So that its start costs little. */
async function bundleHost(): Promise<string> {
  const outfile = join(await temporaryFolder(), 'killedHost.mjs');
  await build({
    entryPoints: [join(root, 'test/support/mcp/killedHost.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return outfile;
}
