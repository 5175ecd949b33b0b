import { readFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Processes, RunningProcess, SpawnOptions } from '../../../src/core/ports.ts';
import { SpawnError } from '../../../src/core/ports.ts';
import { createNodeProcesses } from '../../../src/node/processes.ts';
import { processesNamed, textOf, uniqueSeconds } from './findProcesses.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const processes = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });

/** Output and exit of a command line run to its end. */
async function run(command: string, how: Partial<SpawnOptions> = {}, by: Processes = processes) {
  const running = await by.runShell(command, { cwd: '/', ...how });
  const text = await textOf(running);
  return { text, ...(await running.exit) };
}

/** Reads until the text has come. */
async function waitFor(running: RunningProcess, text: string): Promise<void> {
  let seen = '';
  const iterator = running.output[Symbol.asyncIterator]();
  while (!seen.includes(text)) {
    const next = await iterator.next();
    if (next.done) throw new Error(`ended after ${JSON.stringify(seen)}`);
    seen += next.value.text;
  }
}

describe('the input', () => {
  it('is read to its end, however long it is', async () => {
    const { text } = await run('wc -c', { input: 'x'.repeat(1_000_000) });
    expect(text.trim()).toBe('1000000');
  });

  it('may be left unread', async () => {
    expect(await run('echo done', { input: 'x'.repeat(1_000_000) })).toMatchObject({ text: 'done\n' });
  });

  it('is at its end from the start where none is given', async () => {
    expect((await run('wc -c')).text.trim()).toBe('0');
  });
});

describe('the output', () => {
  it('is told by stream', async () => {
    const running = await processes.runShell('echo out; echo err >&2', { cwd: '/' });
    const seen = { stdout: '', stderr: '' };
    for await (const { stream, text } of running.output) seen[stream] += text;
    expect(seen).toEqual({ stdout: 'out\n', stderr: 'err\n' });
    expect(await running.exit).toEqual({ code: 0, signal: null, timedOut: false });
  });

  it('is decoded across the borders of chunks', async () => {
    // One byte at a time, so that each reaches us alone at least now and then.
    const { text } = await run(
      `for b in '\\xe2' '\\x82' '\\xac' '\\xf0' '\\x9f' '\\x98' '\\x80'; do printf "$b"; sleep 0.01; done`,
    );
    expect(text).toBe('€😀');
  });

  it('shows bytes that are no UTF-8 as replacement characters, also at the end, and keeps a BOM', async () => {
    expect((await run(`printf 'a\\xffb\\xe2\\x82'`)).text).toBe('a�b�');
    expect((await run(`printf '\\xef\\xbb\\xbfa'`)).text).toBe('﻿a');
  });

  it('makes a process wait that prints faster than it is read, in bounded memory', async () => {
    const running = await processes.runShell('yes | head -c 300000000', { cwd: '/' });
    const before = process.memoryUsage().rss;
    let length = 0;
    let most = 0;
    for await (const { text } of running.output) {
      length += text.length;
      if (length % 997 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(length).toBe(300_000_000);
    expect(most).toBeLessThan(200_000_000);
    expect((await running.exit).code).toBe(0);
  }, 60_000);

  it('may be left unread: the process goes on and ends', async () => {
    const running = await processes.runShell('yes | head -c 3000000; echo done', { cwd: '/' });
    for await (const _ of running.output) break;
    expect((await running.exit).code).toBe(0);
  });
});

describe('the end of a command', () => {
  it('is told by code or signal', async () => {
    expect(await run('exit 7')).toEqual({ text: '', code: 7, signal: null, timedOut: false });
    expect(await run('kill -SEGV $$')).toMatchObject({ code: null, signal: 'SIGSEGV' });
    expect(await run('/dev/null')).toMatchObject({ code: 126 });
    expect(await run('no-such-command-here')).toMatchObject({ code: 127 });
  });

  it('comes though a job holds the pipe open, and ends the job', async () => {
    const seconds = uniqueSeconds();
    const { text, code } = await run(`echo hello; sleep ${seconds} &`);
    expect([text, code]).toEqual(['hello\n', 0]);
    expect(processesNamed(seconds)).toEqual([]);
  });

  it('waits for what a substitution still has to write', async () => {
    const { text } = await run(`exec > >(sleep 0.2; cat); echo late`);
    expect(text).toBe('late\n');
  });

  it('ends a daemon that has left the group and holds no pipe', async () => {
    const seconds = uniqueSeconds();
    const daemon = `(setsid sh -c 'setsid sleep ${seconds} >/dev/null 2>&1 & : > up' &)`;
    await run(`${daemon}; until [ -e up ]; do :; done`, { cwd: await temporaryFolder() });
    expect(processesNamed(seconds)).toEqual([]);
  });

  it('comes though a job floods the pipe', async () => {
    const running = await processes.runShell('yes & echo up', { cwd: '/' });
    let length = 0;
    for await (const { text } of running.output) length += text.length;
    expect(length).toBeGreaterThan(0);
    expect((await running.exit).code).toBe(0);
  });
});

describe('standard input', () => {
  it('ends at once', async () => {
    expect((await run('read line; echo "got:$line:$?"')).text).toBe('got::1\n');
    expect((await run('cat; echo end')).text).toBe('end\n');
  });
});

describe('kill, abort and the time limit', () => {
  it('end the whole tree', async () => {
    const seconds = uniqueSeconds();
    const running = await processes.runShell(`sleep ${seconds} & (sleep ${seconds} | cat) & echo up; wait`, {
      cwd: '/',
    });
    await waitFor(running, 'up');
    await running.kill();
    expect(processesNamed(seconds)).toEqual([]);
    expect(await running.exit).toMatchObject({ code: null, signal: 'SIGTERM', timedOut: false });
    await running.kill();
  });

  it('end daemons: double fork, own session, other group', async () => {
    const seconds = uniqueSeconds();
    const script = `setsid sh -c 'setsid sleep ${seconds} & setsid sleep ${seconds} &' ; set -m; sleep ${seconds} & echo up; wait`;
    const running = await processes.runShell(script, { cwd: '/' });
    await waitFor(running, 'up');
    await running.kill();
    expect(processesNamed(`sleep ${seconds}`)).toEqual([]);
  });

  it('end a child that emptied its environment, through its parent', async () => {
    const seconds = uniqueSeconds();
    const running = await processes.runShell(`env -i setsid -w sleep ${seconds} & echo up; wait`, {
      cwd: '/',
    });
    await waitFor(running, 'up');
    await running.kill();
    expect(processesNamed(`sleep ${seconds}`)).toEqual([]);
  });

  it('let a process end politely', async () => {
    const folder = await temporaryFolder();
    const running = await processes.runShell(
      `trap 'echo bye > said; exit 3' TERM; echo up; while :; do sleep 0.01; done`,
      {
        cwd: folder,
      },
    );
    await waitFor(running, 'up');
    await running.kill();
    expect(await fs.readFile(join(folder, 'said'), 'utf8')).toBe('bye\n');
    expect((await running.exit).code).toBe(3);
  });

  it('end what ignores SIGTERM by force', async () => {
    const running = await processes.runShell(`trap '' TERM; echo up; while :; do sleep 0.05; done`, {
      cwd: '/',
    });
    await waitFor(running, 'up');
    await running.kill();
    expect((await running.exit).signal).toBe('SIGKILL');
  });

  it('tell a time-out', async () => {
    expect(await run('sleep 60', { timeoutMs: 50 })).toMatchObject({ code: null, timedOut: true });
  });

  it('follow the signal, also one that was aborted before', async () => {
    const controller = new AbortController();
    const running = await processes.runShell('echo up; sleep 60', { cwd: '/', signal: controller.signal });
    await waitFor(running, 'up');
    controller.abort();
    expect((await running.exit).signal).toBe('SIGTERM');
    const reason = new Error('stopped');
    await expect(run('true', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('the environment', () => {
  const env = {
    PATH: process.env.PATH,
    HOME: '/home/u',
    ANTHROPIC_API_KEY: 'x',
    GITHUB_TOKEN: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    client_secret: 'x',
    SSH_AUTH_SOCK: 'x',
    GIT_DIR: 'x',
    LD_PRELOAD: '',
    NODE_OPTIONS: 'x',
    BASH_ENV: '/nowhere',
    ENV: 'x',
    'BASH_FUNC_ls%%': '() { echo shadowed; }',
    ELECTRON_RUN_AS_NODE: '1',
    KEYBOARD: 'kept',
    MODE: 'kept',
  };
  const by = createNodeProcesses({ platform: 'linux', env, ripgrepCandidates: [] });

  it('holds no secrets and nothing that changes the meaning of a command', async () => {
    const lines = (await run('env', {}, by)).text.trim().split('\n');
    const names = lines.map((line) => line.split('=')[0]);
    for (const name of names)
      expect(name).not.toMatch(/TOKEN|SECRET|_KEY$|^SSH|^LD_|NODE_OPTIONS|^BASH_|^ENV$|^ELECTRON|^GIT_DIR/i);
    expect(lines).toEqual(expect.arrayContaining(['HOME=/home/u', 'KEYBOARD=kept', 'MODE=kept']));
  });

  it('asks programs to be quiet', async () => {
    const { text } = await run('echo $PAGER $GIT_PAGER $GIT_TERMINAL_PROMPT $CI $TERM', {}, by);
    expect(text).toBe('cat cat 0 1 dumb\n');
  });

  it('takes the changes of the call last', async () => {
    const { text } = await run('echo "[$HOME]" $GIT_DIR', { env: { HOME: undefined, GIT_DIR: '/g' } }, by);
    expect(text).toBe('[] /g\n');
  });
});

describe('what cannot start', () => {
  async function failure(promise: Promise<unknown>): Promise<SpawnError> {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof SpawnError)) throw new Error(`expected a SpawnError, got ${String(error)}`);
    return error;
  }

  it('names a working folder that has been removed, and runs nowhere else', async () => {
    const folder = await temporaryFolder();
    await fs.rmdir(folder);
    const error = await failure(run('touch here', { cwd: folder }));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain(folder);
    await fs.writeFile(folder, '');
    expect((await failure(run('true', { cwd: folder }))).code).toBe('ENOTDIR');
  });

  it('tells what is missing, may not run, or is too long', async () => {
    const folder = await temporaryFolder();
    await fs.writeFile(join(folder, 'plain'), 'x');
    expect((await failure(processes.run('no-such-program', [], { cwd: '/' }))).code).toBe('ENOENT');
    expect((await failure(processes.run(join(folder, 'plain'), [], { cwd: '/' }))).code).toBe('EACCES');
    expect((await failure(run(`: ${'x'.repeat(3_000_000)}`))).code).toBe('E2BIG');
    expect((await failure(run('echo \0'))).code).toBe('EINVAL');
  });

  it('survives running out of file descriptors', async () => {
    const script = `
      const { createNodeProcesses } = await import(${JSON.stringify(join(process.cwd(), 'src/node/processes.ts'))});
      const { openSync } = await import('node:fs');
      const processes = createNodeProcesses({ platform: 'linux', env: process.env, ripgrepCandidates: [] });
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      const codes = [];
      for (let i = 0; i < 3; i += 1) {
        await processes.runShell('true', { cwd: '/' }).then(() => codes.push('started'), (error) => codes.push(error.name + ' ' + error.code));
      }
      const { closeSync } = await import('node:fs');
      for (const fd of open) closeSync(fd);
      const after = await processes.runShell('true', { cwd: '/' });
      codes.push((await after.exit).code);
      console.log(JSON.stringify(codes));`;
    const file = join(await temporaryFolder(), 'fds.mjs');
    await fs.writeFile(file, script);
    const { text } = await run(`ulimit -n 40; exec ${process.execPath} ${file}`);
    expect(JSON.parse(text.trim().split('\n').at(-1) ?? '')).toEqual([
      'SpawnError EMFILE',
      'SpawnError EMFILE',
      'SpawnError EMFILE',
      0,
    ]);
  });
});

describe('run', () => {
  it('gives arguments as they are, without a shell', async () => {
    const running = await processes.run('printf', ['%s|', '$HOME', '; rm x', "'"], { cwd: '/' });
    expect(await textOf(running)).toBe("$HOME|; rm x|'|");
    expect((await running.exit).code).toBe(0);
  });
});

describe('Windows', () => {
  /** Programs under the names Windows has them, as files that a POSIX system can run. */
  async function fakeWindows() {
    const root = join(await temporaryFolder(), 'win');
    const put = async (name: string, script: string) => {
      await fs.writeFile(`${root}\\System32\\${name}`, `#!/bin/sh\n${script}`, { mode: 0o755 });
    };
    await put(
      'WindowsPowerShell\\v1.0\\powershell.exe',
      'for a; do echo "$a"; done; [ -n "$HANG" ] && exec sleep 60; exit 0',
    );
    await put('taskkill.exe', `echo "$@" > '${root}.kill'; kill -9 "$2"`);
    const by = createNodeProcesses({
      platform: 'win32',
      env: { PATH: process.env.PATH, SystemRoot: root },
      ripgrepCandidates: [],
    });
    return { by, root };
  }

  it('runs PowerShell without profiles, the command encoded', async () => {
    const { by } = await fakeWindows();
    expect(by.shellName).toBe('PowerShell');
    const { text } = await run('Get-Item "x"; # comment', {}, by);
    const args = text.trim().split('\n');
    expect(args).toEqual(expect.arrayContaining(['-NoProfile', '-NonInteractive', '-EncodedCommand']));
    const script = Buffer.from(args.at(-1) ?? '', 'base64')
      .toString('utf16le')
      .split('\n');
    expect(script).toContain('Get-Item "x"; # comment');
    expect(script.at(-1)).toContain('exit $LASTEXITCODE');
  });

  it('ends a tree with taskkill', async () => {
    const { by, root } = await fakeWindows();
    const running = await by.runShell('x', { cwd: '/', env: { HANG: '1' } });
    await running.kill();
    expect((await running.exit).signal).toBe('SIGKILL');
    expect(readFileSync(`${root}.kill`, 'utf8')).toBe(`/pid ${running.pid} /T /F\n`);
  });
});

describe('ripgrep', () => {
  it('is the first candidate that can be executed, else the one on the PATH, else none', async () => {
    const folder = await temporaryFolder();
    const [plain, program] = [join(folder, 'plain'), join(folder, 'rg')];
    await fs.writeFile(plain, '');
    await fs.writeFile(program, '', { mode: 0o755 });
    const find = (PATH: string | undefined, ripgrepCandidates: readonly string[]) =>
      createNodeProcesses({ platform: 'linux', env: { PATH }, ripgrepCandidates }).ripgrep();
    expect(await find(undefined, [join(folder, 'none'), plain, program])).toBe(program);
    expect(await find(`/nowhere:${folder}`, [])).toBe(program);
    expect(await find('.:node_modules', [])).toBeUndefined();
    expect(await find(undefined, [])).toBeUndefined();
  });
});
