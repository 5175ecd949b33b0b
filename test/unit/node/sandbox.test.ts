/** On the real bubblewrap. Left out where there is none, with the reason in the name. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SandboxPolicy, ShellOptions } from '../../../src/core/ports.ts';
import { SpawnError } from '../../../src/core/ports.ts';
import { createNodeProcesses, type NodeProcessesOptions } from '../../../src/node/processes.ts';
import { processesNamed, textOf, uniqueSeconds } from './findProcesses.ts';
import { buildPolicy, type PolicyChanges, sandboxProblem } from './sandboxPolicy.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const options: NodeProcessesOptions = {
  platform: 'linux',
  env: process.env,
  ripgrepCandidates: [],
  politeMs: 200,
  sandboxHost: join(import.meta.dirname, '../../../src/node/sandboxHost.ts'),
};
const processes = createNodeProcesses(options);
afterAll(() => processes.close());

interface World {
  /** The folder that may be written. */
  readonly inside: string;
  readonly outside: string;
}

async function createWorld(): Promise<World> {
  const folder = await temporaryFolder();
  const world = { inside: join(folder, 'inside'), outside: join(folder, 'outside') };
  await fs.mkdir(world.inside);
  await fs.mkdir(world.outside);
  return world;
}

function confinedTo({ inside }: World, changes: PolicyChanges = {}): SandboxPolicy {
  return buildPolicy({ write: [inside], ...changes });
}

type How = Omit<ShellOptions, 'cwd' | 'sandbox'> & { readonly policy?: PolicyChanges };

/** Output and end of a command line that runs in `world.inside`. */
async function run(world: World, command: string, { policy, ...how }: How = {}) {
  const running = await processes.runShell(command, {
    cwd: world.inside,
    sandbox: confinedTo(world, policy),
    ...how,
  });
  const text = await textOf(running);
  return { text, ...(await running.exit) };
}

const suite = sandboxProblem === undefined ? describe : describe.skip;
const because = sandboxProblem === undefined ? '' : ` (left out: ${sandboxProblem})`;

suite(`the sandbox on Linux${because}`, () => {
  it('says that it can run here', async () => {
    expect(await processes.checkSandbox?.({ hostProc: false })).toBeUndefined();
  });

  it('runs a command like any other: output, exit code, folder, temporary files', async () => {
    const world = await createWorld();
    const command = 'pwd; echo wrong >&2; echo x > made; f=$(mktemp) && echo t > "$f" && echo temp; exit 7';
    const { text, ...end } = await run(world, command);
    expect(text.split('\n').toSorted()).toEqual(['', 'temp', world.inside, 'wrong'].toSorted());
    expect(end).toEqual({ code: 7, signal: null, timedOut: false, violations: [] });
    expect(await fs.readFile(join(world.inside, 'made'), 'utf8')).toBe('x\n');
  });

  it('keeps quotes, lines and dollars of a command as they are', async () => {
    const world = await createWorld();
    const { text } = await run(world, `x='a "b" $HOME'\necho "$x" '!' \\\\ "\`echo c\`"`);
    expect(text).toBe('a "b" $HOME ! \\ c\n');
  });

  it('lets nothing be written outside, and says what was tried', async () => {
    const world = await createWorld();
    const file = join(world.outside, 'file');
    const { code, violations } = await run(world, `echo x > ${file}`);
    expect(code).toBe(1);
    expect(violations).toEqual([{ kind: 'write', path: file }]);
    expect(await fs.readdir(world.outside)).toEqual([]);
  });

  it('is not led outside by links', async () => {
    const world = await createWorld();
    await fs.writeFile(join(world.outside, 'file'), 'old');
    const { text } = await run(
      world,
      `ln -s ${world.outside} door; echo x > door/new; echo x > door/file; ln ${world.outside}/file hard; ls hard`,
    );
    expect(text).toContain('Read-only file system');
    expect(text).toContain('Invalid cross-device link');
    expect(await fs.readdir(world.outside)).toEqual(['file']);
    expect(await fs.readFile(join(world.outside, 'file'), 'utf8')).toBe('old');
  });

  it('keeps what is denied within the folder, also where nothing is yet, and leaves no trace of that', async () => {
    const world = await createWorld();
    const at = (name: string): string => join(world.inside, name);
    execFileSync('git', ['init', '-q', world.inside]);
    await fs.mkdir(at('.vscode'));
    await fs.writeFile(at('.vscode/tasks.json'), '{}');
    const before = await fs.readdir(world.inside);
    const denyWrite = ['.vscode', '.git/hooks', '.git/config', '.envrc', '.claude'].map(at);
    const { text } = await run(
      world,
      `echo x > .vscode/tasks.json; mv .vscode .old; rm -rf .vscode
       echo x > .git/hooks/pre-commit; git config a.b c
       echo x > .envrc; mkdir -p .claude/commands; echo x > .bashrc; echo x > .mcp.json; echo done`,
      { policy: { denyWrite } },
    );
    expect(text).toContain('done');
    expect(await fs.readdir(world.inside)).toEqual(before);
    expect(await fs.readFile(at('.vscode/tasks.json'), 'utf8')).toBe('{}');
    expect(await fs.readdir(at('.git/hooks'))).not.toContain('pre-commit');
    expect(await fs.readFile(at('.git/config'), 'utf8')).not.toContain('[a]');
  });

  it('keeps names with characters of patterns in them', async () => {
    const world = await createWorld();
    const odd = join(world.inside, 'a[b]*');
    await fs.mkdir(odd);
    const { code } = await run(world, 'echo x > "a[b]*/file"', { policy: { denyWrite: [odd] } });
    expect(code).toBe(1);
    expect(await fs.readdir(odd)).toEqual([]);
  });

  it('hides what must not be read: folders, files, patterns, and not by the way of /proc', async () => {
    const world = await createWorld();
    const secret = join(world.outside, 'secret');
    await fs.mkdir(secret);
    await fs.writeFile(join(secret, 'key'), 'KEY1');
    await fs.writeFile(join(world.outside, 'token'), 'KEY2');
    await fs.mkdir(join(world.inside, 'deep'));
    await fs.writeFile(join(world.inside, 'deep', '.env'), 'KEY3');
    const { text } = await run(
      world,
      `cat ${secret}/key; cat ${world.outside}/token; cat deep/.env; cat /proc/self/root${secret}/key /proc/1/root${secret}/key; ls ${world.outside}`,
      {
        policy: {
          denyRead: [secret, join(world.outside, 'token')],
          denyReadPatterns: [join(world.inside, '**/.env')],
        },
      },
    );
    expect(text).not.toMatch(/KEY\d/);
    expect(text).toContain('token');
  });

  it('shows no process from outside', async () => {
    const world = await createWorld();
    const { text } = await run(world, `ls /proc | grep -c '^[0-9]'; ls -d /proc/${process.pid}`);
    expect(Number(text.split('\n')[0])).toBeLessThan(20);
    expect(text).toContain('No such file');
  });

  it('reaches what is allowed through its proxy, and nothing else', async () => {
    const world = await createWorld();
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.host ?? '');
      response.end('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const curl = `curl -s --noproxy '' -w ' %{http_code}\\n'`;
    const command = `${curl} http://localhost:${address.port}/; ${curl} -o /dev/null http://other.invalid/
      exec 3<>/dev/tcp/127.0.0.1/${address.port} && echo raw; curl -s --noproxy '*' http://127.0.0.1:${address.port}/ || echo direct $?`;
    const { text, violations } = await run(world, command, {
      policy: { network: { allowedDomains: ['localhost'] } },
    });
    expect(text).toContain('hello 200');
    expect(text).toContain(' 403');
    expect(text).not.toContain('raw');
    expect(text).toContain('direct 7');
    expect(seen).toEqual([`localhost:${address.port}`]);
    expect(violations).toEqual([
      { kind: 'network', address: 'other.invalid:80', reason: 'host is not on the allow list' },
    ]);
    const denied = await run(world, `${curl} http://localhost:${address.port}/`, {
      policy: { network: { allowedDomains: ['localhost'], deniedDomains: ['localhost'] } },
    });
    expect(denied.text).toContain(' 403');
    const without = await run(world, `${curl} http://localhost:${address.port}/`);
    expect(without.text).toContain(' 403');
  });

  it('opens no socket to what listens on this machine', async () => {
    const world = await createWorld();
    const script = `perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) or print "no: $!\\n"'`;
    expect((await run(world, script)).text).toBe('no: Operation not permitted\n');
    const open = await run(world, script, { policy: { network: { allUnixSockets: true } } });
    expect(open.text).toBe('');
  });

  it('is not undone from within: no mounts taken away, no namespaces of its own', async () => {
    const world = await createWorld();
    const kept = join(world.inside, 'kept');
    await fs.mkdir(kept);
    const { text } = await run(
      world,
      `umount ${kept}; mount -o remount,rw /; unshare -Ur true && echo unshared; echo x > kept/file; echo x > ${world.outside}/file; echo end`,
      { policy: { denyWrite: [kept] } },
    );
    expect(text).not.toContain('unshared');
    expect(text).toContain('end');
    expect(await fs.readdir(kept)).toEqual([]);
    expect(await fs.readdir(world.outside)).toEqual([]);
  });

  it('ends what a command leaves running', async () => {
    const world = await createWorld();
    const seconds = uniqueSeconds();
    await run(world, `(setsid sleep ${seconds} >/dev/null 2>&1 &); sleep ${seconds} & echo up`);
    expect(processesNamed(seconds)).toEqual([]);
  });

  it('ends a command with all it has started when the time is up, whatever it ignores', async () => {
    const world = await createWorld();
    const seconds = uniqueSeconds();
    const command = `trap '' TERM; (env -i setsid sleep ${seconds} &); echo x > .made; sleep ${seconds}; sleep ${seconds}`;
    const { timedOut, code } = await run(world, command, { timeoutMs: 700 });
    expect({ timedOut, ok: code === 0 }).toEqual({ timedOut: true, ok: false });
    expect(processesNamed(seconds)).toEqual([]);
    expect(await fs.readdir(world.inside)).toEqual(['.made']);
  });

  it('ends a command whose turn is stopped, before and after it has begun', async () => {
    const world = await createWorld();
    const seconds = uniqueSeconds();
    const stop = new AbortController();
    const running = await processes.runShell(`echo up; sleep ${seconds}`, {
      cwd: world.inside,
      sandbox: confinedTo(world),
      signal: stop.signal,
    });
    for await (const _ of running.output) stop.abort();
    await running.exit;
    expect(processesNamed(seconds)).toEqual([]);
    const late = processes.runShell('echo x > late', {
      cwd: world.inside,
      sandbox: confinedTo(world),
      signal: stop.signal,
    });
    await expect(late).rejects.toThrow('aborted');
    expect(await fs.readdir(world.inside)).toEqual([]);
  });

  it('goes on in the background while others run, and keeps what it keeps until its own end', async () => {
    const world = await createWorld();
    const seconds = uniqueSeconds();
    const policy = { denyWrite: [join(world.inside, '.envrc')] };
    const background = await processes.runShell(
      `until [ -e go ]; do sleep 0.02; done; echo x > .envrc; echo tried; sleep ${seconds}`,
      { cwd: world.inside, sandbox: confinedTo(world, policy) },
    );
    const { text } = await run(world, 'echo first; echo x > .envrc; echo > go', { policy });
    expect(text).toContain('first');
    const iterator = background.output[Symbol.asyncIterator]();
    let told = '';
    while (!told.includes('tried')) told += (await iterator.next()).value?.text ?? '';
    expect(told).toContain('Permission denied');
    await background.kill();
    expect(processesNamed(seconds)).toEqual([]);
    expect(await fs.readdir(world.inside)).toEqual(['go']);
  });

  it('takes away the names a policy takes, and every key', async () => {
    const env = { ...process.env, ANTHROPIC_API_KEY: 'k', GITHUB_TOKEN: 'k', DATABASE_URL: 'k', PLAIN: 'p' };
    const by = createNodeProcesses({ ...options, env });
    onTestFinished(() => by.close());
    const world = await createWorld();
    const running = await by.runShell('env', {
      cwd: world.inside,
      sandbox: confinedTo(world, { dropEnvironment: ['DATABASE_URL'] }),
    });
    const names = (await textOf(running)).split('\n').map((line) => line.split('=', 1)[0]);
    await running.exit;
    expect(names).toContain('PLAIN');
    for (const name of ['ANTHROPIC_API_KEY', 'GITHUB_TOKEN', 'DATABASE_URL'])
      expect(names).not.toContain(name);
  });

  it('does not run a command whose sandbox can not be set up', async () => {
    const world = await createWorld();
    const started = processes.runShell('echo x > made', {
      cwd: world.inside,
      sandbox: confinedTo(world, { network: { allowedDomains: ['*'] } }),
    });
    await expect(started).rejects.toThrow(/sandbox could not be set up.*allowedDomains/);
    expect(await fs.readdir(world.inside)).toEqual([]);
    expect((await run(world, 'echo again')).text).toBe('again\n');
  });

  it('comes back when the process behind it has died', async () => {
    const world = await createWorld();
    const by = createNodeProcesses(options);
    onTestFinished(() => by.close());
    const ask = async (): Promise<string> =>
      textOf(await by.runShell('echo here', { cwd: world.inside, sandbox: confinedTo(world) }));
    const before = new Set(processesNamed('sandboxHost.ts'));
    expect(await ask()).toBe('here\n');
    for (const pid of processesNamed('sandboxHost.ts')) if (!before.has(pid)) process.kill(pid, 'SIGTERM');
    expect(await ask()).toBe('here\n');
  });

  it('leaves no process and no file of its own behind', async () => {
    const world = await createWorld();
    const tmp = await temporaryFolder();
    const by = createNodeProcesses({ ...options, env: { ...process.env, TMPDIR: tmp } });
    const before = processesNamed('sandboxHost.ts').length;
    const running = await by.runShell('mktemp', { cwd: world.inside, sandbox: confinedTo(world) });
    await textOf(running);
    await running.exit;
    await by.close();
    await by.close();
    expect(processesNamed('sandboxHost.ts').length).toBe(before);
    expect(processesNamed(tmp)).toEqual([]);
    expect(await fs.readdir(tmp)).toEqual([]);
  });
});

suite(`a program that uses the sandbox${because}`, () => {
  it('ends by itself, with or without closing it', async () => {
    const world = await createWorld();
    for (const end of ['await processes.close();', '']) {
      const script = `
        const { createNodeProcesses } = await import(${JSON.stringify(join(process.cwd(), 'src/node/processes.ts'))});
        const processes = createNodeProcesses(${JSON.stringify({ ...options, env: { PATH: process.env.PATH } })});
        const sandbox = ${JSON.stringify(confinedTo(world))};
        const running = await processes.runShell('echo ran', { cwd: ${JSON.stringify(world.inside)}, sandbox });
        for await (const { text } of running.output) process.stdout.write(text);
        await running.exit;
        ${end}
        console.log('end');`;
      const args = ['--input-type=module', '--eval', script];
      expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('ran\nend\n');
    }
  });
});

describe('where there is no sandbox', () => {
  const policy = buildPolicy({ write: ['/'] });

  it('names what is missing and how to get it, and runs nothing', async () => {
    const empty = await temporaryFolder();
    const by = createNodeProcesses({ ...options, env: { PATH: empty } });
    const problem = await by.checkSandbox?.({ hostProc: false });
    expect(problem).toContain('The sandbox needs bubblewrap and socat');
    expect(problem).toContain('sudo apt-get install bubblewrap socat');
    const file = join(empty, 'made');
    const failed = by.runShell(`/bin/echo x > ${file}`, { cwd: '/', sandbox: policy });
    await expect(failed).rejects.toThrow(problem);
    await expect(failed).rejects.toBeInstanceOf(SpawnError);
    expect(await fs.readdir(empty)).toEqual([]);
  });

  it('tells what bubblewrap says when the system refuses', async () => {
    const folder = await temporaryFolder();
    const script = '#!/bin/sh\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n';
    for (const name of ['bwrap', 'socat']) await fs.writeFile(join(folder, name), script, { mode: 0o755 });
    const by = createNodeProcesses({ ...options, env: { PATH: `${folder}:/usr/bin:/bin` } });
    const problem = await by.checkSandbox?.({ hostProc: false });
    expect(problem).toContain('setting up uid map: Permission denied');
    expect(problem).toMatch(/apparmor|user_namespaces/);
  });

  it('says so on Windows', async () => {
    const by = createNodeProcesses({ ...options, platform: 'win32' });
    expect(await by.checkSandbox?.({ hostProc: false })).toContain('no sandbox for commands on Windows');
    await expect(by.runShell('echo', { cwd: '/', sandbox: policy })).rejects.toThrow('on Windows');
  });

  it('runs nothing when no one has said where it is', async () => {
    const { sandboxHost: _, ...without } = options;
    const by = createNodeProcesses(without);
    expect(by.checkSandbox).toBeUndefined();
    await expect(by.runShell('echo', { cwd: '/', sandbox: policy })).rejects.toThrow('There is no sandbox');
  });
});
