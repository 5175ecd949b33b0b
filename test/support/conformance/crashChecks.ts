/** What must hold of a session that was killed and went on, wherever it was killed. Each check throws. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Run } from './crashRun.ts';
import { readFiles } from './crashRun.ts';
import { INITIAL, LOG, RAN, WRITTEN } from './crashScript.ts';

export async function checkInvariants(run: Run): Promise<void> {
  checkTranscripts(run);
  checkPairs(run);
  checkFilesWhole(run);
  await checkCommands(run);
  await checkRewound(run);
  checkApprovals(run);
  await checkSecrets(run);
}

/** I1: only the tail may be torn; what was whole when the process died stands there for ever. */
function checkTranscripts({ transcripts }: Run): void {
  for (const [index, bytes] of transcripts.entries()) {
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    const lines = whole.toString('utf8').split('\n').slice(0, -1);
    const ids = lines.flatMap((line) => (JSON.parse(line) as { uuid?: string }).uuid ?? []);
    expect(new Set(ids).size, 'a line was written twice').toBe(ids.length);
    const later = transcripts[index + 1];
    if (later !== undefined)
      expect(later.subarray(0, whole.length).equals(whole), 'whole lines were lost').toBe(true);
  }
  const last = transcripts.at(-1) ?? Buffer.alloc(0);
  expect(last.at(-1), 'the transcript ends with a whole line').toBe(10);
}

/** I2 by the server, which refuses a request with a call without exactly one result. */
function checkPairs({ world }: Run): void {
  world.server.assertNoRefusals();
}

/** I4: old or new, never half; and nothing of a write that was cut off stays. */
function checkFilesWhole({ states, cutRewind }: Run): void {
  for (const state of states) {
    for (const [name, content] of Object.entries(state)) {
      if (name in WRITTEN && content !== WRITTEN[name])
        expect(content === INITIAL[name], `${name} is neither old nor new`).toBe(true);
    }
  }
  if (cutRewind === undefined) return;
  const after = withoutLog(cutRewind.after);
  const isWhole = [INITIAL, withoutLog(cutRewind.before)].some(
    (files) => JSON.stringify(sorted(files)) === JSON.stringify(sorted(after)),
  );
  expect(isWhole, `a rewind was carried out in part: ${Object.keys(after)}`).toBe(true);
}

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * I3: a command runs at most once for each time it was allowed, and what the model is told of it is true. I6: a command that
 * is under way when its session is killed comes to its own end; nothing can end it, since a process that gets SIGKILL does
 * nothing any more, and neither Linux without a helper nor macOS ends the children of a dead process. So only this is promised:
 * nothing but an allowed command outlives the session, and none is started after it.
 */
async function checkCommands({ world, processes, outlived }: Run): Promise<void> {
  const lines = linesOf(await readFile(world.at(RAN), 'utf8').catch(() => ''));
  const last = world.server.requests.at(-1)?.body.messages ?? [];
  const calls = new Map<string, Call>();
  const approved = new Set(processes.flatMap((one) => [...one.approved]));
  for (const block of last.flatMap(({ content }) => (typeof content === 'string' ? [] : content))) {
    if (block.type === 'tool_use')
      calls.set(String(block.id), { name: String(block.name), input: block.input as Call['input'] });
    if (block.type !== 'tool_result') continue;
    const id = String(block.tool_use_id);
    const call = calls.get(id);
    if (call?.name !== 'Bash') continue;
    const line = /echo (\w+)/.exec(String(call.input.command))?.[1];
    const ran = lines.filter((found) => found === line).length;
    const told = JSON.stringify(block.content);
    if (block.is_error !== true) expect(ran, `${line} was said to have run`).toBe(1);
    if (told.includes('It did not run')) expect(ran, `${line} was said not to have run`).toBe(0);
    expect(ran, `${line} ran more often than it was allowed`).toBeLessThanOrEqual(approved.has(id) ? 1 : 0);
  }
  expect(new Set(lines).size, `a command ran twice: ${lines}`).toBe(lines.length);
  // The shell of a command, what it waits for, and what it writes its line with.
  const parts = [/sleep/, /^env\s*$/, new RegExp(`^tee -a ${RAN.replaceAll('.', '\\.')}`)];
  for (const line of outlived) {
    const isPart = parts.some((part) => part.test(line));
    expect(isPart, `something else than a command outlived the session: ${line}`).toBe(true);
  }
}

/**
 * I5: bytes and absence, after the rewind to before the first message. What a command wrote that was cut off may stay, since
 * it can't be told from what a person wrote then; but it is said.
 */
async function checkRewound({ world, rewinds }: Run): Promise<void> {
  const { [LOG]: log, ...files } = await readFiles(world.folder);
  if (log !== undefined) {
    const conflict = expect.objectContaining({ path: world.at(LOG), outcome: 'conflicted' });
    expect(rewinds.at(-1)).toMatchObject({ files: expect.arrayContaining([conflict]) });
  }
  const left = Object.keys(files).filter((name) => files[name] !== INITIAL[name]);
  const gone = Object.keys(INITIAL).filter((name) => files[name] === undefined);
  expect({ left, gone }, JSON.stringify(rewinds)).toEqual({ left: [], gone: [] });
  expect(rewinds.at(-1)).toMatchObject({ canRewind: true });
}

/** I8: what the process before was allowed, and the mode it was in, count for nothing. */
function checkApprovals({ processes }: Run): void {
  for (const { called, approved } of processes.slice(1)) {
    const asked = called.filter(({ name }) => name === 'Bash' || name === 'Write');
    if (processes.at(-1)?.called !== called) continue;
    expect(asked).toHaveLength(2);
    expect(asked.filter(({ id }) => !approved.has(id))).toEqual([]);
  }
}

/** I9: in no file of the configuration folder, and nowhere on standard error. */
async function checkSecrets({ world, processes }: Run): Promise<void> {
  const key = String(world.env.ANTHROPIC_API_KEY);
  for (const { stderr } of processes) expect(stderr).not.toContain(key);
  const entries = await readdir(world.configDir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const content = await readFile(join(entry.parentPath, entry.name), 'latin1');
    expect(content.includes(key), `the key stands in ${entry.name}`).toBe(false);
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

function withoutLog({ [LOG]: _log, ...files }: Readonly<Record<string, string>>): Record<string, string> {
  return files;
}

function sorted(files: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
}
