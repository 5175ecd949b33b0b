import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../../src/core/ports.ts';
import { createBackgroundTasks } from '../../../../src/core/tools/backgroundTasks.ts';
import { createBashTool } from '../../../../src/core/tools/bash.ts';
import { taskStop } from '../../../../src/core/tools/taskStop.ts';
import { createHarness } from './toolHarness.ts';

const tool = createBashTool({ shellName: 'bash' });

async function run(command: string, more: Record<string, unknown> = {}) {
  const harness = await createHarness();
  return { ...(await harness.run(tool, { command, ...more })), harness };
}

describe('the result', () => {
  it('is what was printed, both streams in order', async () => {
    const { text, isError, output } = await run('echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three');
    expect([text, isError]).toEqual(['one\ntwo\nthree', false]);
    expect(output).toMatchObject({ stdout: 'one\ntwo\nthree\n', exitCode: 0, interrupted: false });
  });

  it('tells every kind of end apart', async () => {
    const ends: [string, string | RegExp][] = [
      ['true', '(It printed nothing, and ended well.)'],
      ['exit 3', 'Exit code 3.\n(It printed nothing.)'],
      ['echo oops >&2; exit 1', 'Exit code 1.\noops'],
      ['/etc/passwd', /^Exit code 126 \(the command was found, but may not be executed\)\./],
      ['no-such-thing', /^Exit code 127 \(the command was not found\)\.\n.*no-such-thing/],
      ['kill -SEGV $$', /^Ended by the signal SIGSEGV, an access to memory/],
      ["bash -c 'kill -9 $$'; exit $?", /^Exit code 137 \(a command in it was ended by SIGKILL/],
    ];
    for (const [command, text] of ends) {
      const ran = await run(command);
      expect(ran.text).toMatch(text);
      expect(ran.isError).toBe(command !== 'true');
    }
  });

  it('says why after a time-out', async () => {
    const { text, isError } = await run('echo waiting; sleep 60', { timeout: 100 });
    expect(isError).toBe(true);
    expect(text).toMatch(
      /^Stopped after 0\.1 seconds: .*standard input is closed.*run_in_background\.\nwaiting$/,
    );
  });

  it('of a stopped turn has what was printed until then', async () => {
    const harness = await createHarness();
    const controller = new AbortController();
    const running = tool.run(
      { command: 'echo begun; sleep 60' },
      { ...harness.context, signal: controller.signal },
    );
    const first = await running.next();
    expect(first).toEqual({ done: false, value: { output: 'begun\n' } });
    controller.abort(new Error('stopped'));
    const { value } = await running.next();
    expect(value).toMatchObject({ isError: true, output: { interrupted: true, stdout: 'begun\n' } });
  });

  it('has no escape sequences; the progress keeps them', async () => {
    const { text, progress } = await run(`printf '\\033[32mok\\033[0m 10%%\\r100%%\\n'`);
    expect(text).toBe('100%');
    expect(progress).toBe('\x1b[32mok\x1b[0m 10%\r100%\n');
  });

  it('comes also from a command that has closed its output', async () => {
    const { harness, isError } = await run('exec >&- 2>&-; sleep 0.2; : > made');
    expect(isError).toBe(false);
    expect(await fs.readdir(harness.folder)).toEqual(['made']);
  });
});

describe('a long output', () => {
  it('is told by beginning and end, and is whole in a file', async () => {
    const { text, output, harness } = await run('seq 1 100000; echo "$((1+1)) errors" >&2; exit 1');
    expect(text.length).toBeLessThan(31_000);
    expect(text).toMatch(/^Exit code 1\.\n1\n2\n3\n/);
    expect(text).toMatch(/100000\n2 errors$/);
    const path = harness.context.storage.locate(['output', 's', 'toolu_1.txt']);
    expect(text).toContain(`left out here. All of it is in ${path} …]`);
    expect(output).toMatchObject({ persistedOutputPath: path, persistedOutputSize: 588_904 });
    const whole = await fs.readFile(path, 'utf8');
    expect(whole).toBe(`${Array.from({ length: 100_000 }, (_, index) => index + 1).join('\n')}\n2 errors\n`);
    const left = /\[… (\d+) kB left out/.exec(text)?.[1];
    expect(Number(left)).toBe(559);
  });

  it('keeps little in memory: 100 MB without a line break, and all of it invalid UTF-8', async () => {
    const harness = await createHarness();
    const command = `head -c 100000000 /dev/zero | tr '\\0' '\\377'`;
    const before = process.memoryUsage().rss;
    let most = 0;
    const running = tool.run({ command, timeout: 500_000 }, harness.context);
    let step = await running.next();
    for (let count = 0; step.done !== true; count += 1) {
      if (count % 100 === 0) most = Math.max(most, process.memoryUsage().rss - before);
      step = await running.next();
    }
    expect(most).toBeLessThan(300_000_000);
    const { output } = step.value;
    if (!('stdout' in output)) throw new Error(output.error);
    expect(output.stdout.length).toBeLessThan(50_000);
    expect(output.stdout).toContain('As much as could be kept is in');
    const path = harness.context.storage.locate(['output', 's', 'toolu_1.txt']);
    expect((await fs.stat(path)).size).toBeLessThan(270_000_000);
  }, 120_000);
});

describe('a full disk', () => {
  it('does not stop a command whose output can not be kept', async () => {
    const { context, run } = await createHarness();
    const storage = {
      ...context.storage,
      openAppend: async () => {
        throw new FileError('ENOSPC', '/x', 'no space');
      },
    };
    const { clock } = context;
    const tasks = createBackgroundTasks({ storage, clock, sessionId: 's', onChange: () => {} });
    const ran = await run(tool, { command: 'seq 1 20000' }, { storage, tasks });
    expect(ran.isError).toBe(false);
    expect(ran.text).toContain('As much as could be kept is in');
    expect(ran.text).toMatch(/20000$/);
    const background = await run(tool, { command: 'true', run_in_background: true }, { storage, tasks });
    expect(background.isError).toBe(false);
    await tasks.close();
  });
});

describe('where it runs', () => {
  it('is the working folder, anew for each call', async () => {
    const { harness } = await run('cd /; export X=1');
    const { text } = await harness.run(tool, { command: 'pwd; echo "[$X]"' });
    expect(text).toBe(`${harness.folder}\n[]`);
  });

  it('may be gone: then it runs nowhere', async () => {
    const harness = await createHarness();
    await fs.rmdir(harness.folder);
    const { isError, text } = await harness.run(tool, { command: 'pwd' });
    expect(isError).toBe(true);
    expect(text).toBe(
      `The command was not run. The folder ${harness.folder} is not there (any more), so nothing can run in it.`,
    );
  });
});

describe('the call', () => {
  it('says what it runs, and can not be meant without a command', async () => {
    const { context, folder } = await createHarness();
    expect(await tool.effects({ command: 'ls' }, context)).toEqual([
      { kind: 'execute', command: 'ls', cwd: folder },
    ]);
    await expect(tool.effects({ command: ' ' }, context)).rejects.toThrow('empty');
    await expect(tool.effects({ command: 'a\0' }, context)).rejects.toThrow('NUL');
    expect([tool.isReadOnly({ command: 'ls' }), tool.isConcurrencySafe({ command: 'ls' })]).toEqual([
      false,
      false,
    ]);
  });

  it('has a title that never hides that there is more', () => {
    expect(tool.title({})).toBe('Run a command');
    expect(tool.title({ command: 'npm test' })).toBe('Run npm test');
    expect(tool.title({ command: 'echo hi\nrm -rf x' })).toBe('Run echo hi …');
    expect(tool.title({ command: 'x'.repeat(100) })).toBe(`Run ${'x'.repeat(80)} …`);
    expect(tool.title({ command: 'rm \u202e x' })).toBe('Run rm \\u{202e} x');
  });

  it('ends the command when nobody listens any more', async () => {
    const harness = await createHarness();
    const running = tool.run({ command: 'echo $$ > pid; echo up; sleep 60' }, harness.context);
    await running.next();
    await running.return({} as never);
    const pid = Number(await fs.readFile(join(harness.folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('in the background', () => {
  it('answers at once, records the output, and tells when it has ended', async () => {
    const harness = await createHarness();
    const ran = await harness.run(tool, {
      command: 'echo begun; exit 3',
      run_in_background: true,
    });
    expect(ran.isError).toBe(false);
    const file = harness.context.storage.locate(['output', 's', 'shell-1.txt']);
    expect(ran.text).toContain(`in the background as shell-1. What it prints goes to ${file}`);
    expect(ran.output).toMatchObject({ backgroundTaskId: 'shell-1' });
    await untilTold(harness, 2);
    expect(await fs.readFile(file, 'utf8')).toMatch(/^begun\n/);
    const common = {
      id: 'shell-1',
      command: 'echo begun; exit 3',
      toolUseId: 'toolu_1',
      type: 'local_bash',
      outputFile: file,
    };
    expect(harness.taskNews).toEqual([
      { ...common, state: 'running', exitCode: null, startedAt: expect.any(Number) },
      { ...common, state: 'failed', exitCode: 3, startedAt: expect.any(Number) },
    ]);
  });

  it('outlives the turn, and is ended by TaskStop with all it started', async () => {
    const harness = await createHarness();
    const controller = new AbortController();
    const command = 'sleep 600 & echo $! > pid; wait';
    const input = { command, run_in_background: true };
    await harness.run(tool, input, { signal: controller.signal });
    controller.abort();
    expect(harness.context.tasks.get('shell-1')?.state).toBe('running');
    const stopped = await harness.run(taskStop, { task_id: 'shell-1' });
    expect(stopped).toMatchObject({ isError: false, output: { task_id: 'shell-1', command } });
    expect(harness.taskNews.map((task) => task.state)).toEqual(['running', 'stopped']);
    const again = await harness.run(taskStop, { shell_id: 'shell-1' });
    expect(again).toMatchObject({ isError: true, text: 'shell-1 has ended already (stopped).' });
    const unknown = await harness.run(taskStop, { task_id: 'x' });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringContaining('There are: shell-1.') });
    await expect(taskStop.effects({}, harness.context)).rejects.toThrow('task_id');
  });

  it('ends with the session, also what is started at that moment', async () => {
    const harness = await createHarness();
    const input = { command: 'sleep 600', run_in_background: true };
    await Promise.all([harness.run(tool, input), harness.run(tool, input)]);
    await harness.context.tasks.close();
    expect(harness.context.tasks.list().map((task) => [task.id, task.state])).toEqual([
      ['shell-1', 'stopped'],
      ['shell-2', 'stopped'],
    ]);
    await harness.run(tool, input);
    expect(harness.context.tasks.get('shell-3')?.state).toBe('stopped');
  });

  it('never writes into the file of an earlier run of the session', async () => {
    const harness = await createHarness();
    await harness.context.storage.writeFile(['output', 's', 'shell-7.txt'], new Uint8Array());
    const ran = await harness.run(tool, { command: 'true', run_in_background: true });
    expect(ran.output).toMatchObject({ backgroundTaskId: 'shell-8' });
    await harness.context.tasks.close();
  });
});

/** Waits until the tasks have told this many changes. */
async function untilTold(harness: Awaited<ReturnType<typeof createHarness>>, count: number): Promise<void> {
  while (harness.taskNews.length < count) await new Promise((resolve) => setImmediate(resolve));
}
