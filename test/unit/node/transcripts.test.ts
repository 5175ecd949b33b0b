import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { listSessions } from '@anthropic-ai/claude-agent-sdk';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FileError } from '../../../src/core/ports.ts';
import type { ByteRange, TranscriptReader } from '../../../src/core/sessions/transcriptStore.ts';
import { type FileOperations, systemFileOperations } from '../../../src/node/fileOperations.ts';
import { createTranscriptStore, toProjectName } from '../../../src/node/transcripts.ts';
import { createTranscriptWriter } from '../../../src/node/transcriptWriter.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const sessionId = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
/** All that stands in it. */
async function readAll(file: TranscriptReader): Promise<string> {
  const target = new Uint8Array(1000);
  return text(target.subarray(0, await file.read(target, 0)));
}

/** Where the lines stand that have this content. */
function placesOf(content: string, whole: string): ByteRange[] {
  const places: ByteRange[] = [];
  let start = 0;
  for (const line of whole.split('\n')) {
    if (line === content) places.push({ start, end: start + line.length });
    start += line.length + 1;
  }
  return places;
}
const text = (of: Uint8Array) => new TextDecoder().decode(of);

async function createStore() {
  const configDir = await temporaryFolder();
  const cwd = await temporaryFolder();
  const folder = join(configDir, 'projects', toProjectName(cwd));
  return { store: createTranscriptStore({ configDir, cwd }), folder, configDir, cwd };
}

describe('where transcripts lie', () => {
  it('names the folder as the SDK does', () => {
    expect(toProjectName('/home/u/my project.x')).toBe('-home-u-my-project-x');
  });

  it('is where the SDK finds them, also for a long working directory', async () => {
    const configDir = await temporaryFolder();
    const cwd = join(await temporaryFolder(), 'long name '.repeat(12), 'and longer '.repeat(12));
    await fs.mkdir(cwd, { recursive: true });
    const file = await createTranscriptStore({ configDir, cwd }).open(sessionId);
    await file.append([
      JSON.stringify({
        type: 'user',
        uuid: '3f0d3f44-8b1c-4f7e-9a55-0a6ff0f6b2c1',
        parentUuid: null,
        sessionId,
        cwd,
        timestamp: '2026-11-21T07:00:00.000Z',
        message: { role: 'user', content: 'hello' },
      }),
    ]);
    await file.close();
    vi.stubEnv('CLAUDE_CONFIG_DIR', configDir);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await listSessions({ dir: cwd })).map((session) => session.sessionId)).toEqual([sessionId]);
  });

  it('follows a linked working directory to the real one', async () => {
    const { configDir, cwd, folder } = await createStore();
    const link = join(configDir, 'link');
    await fs.symlink(cwd, link);
    const file = await createTranscriptStore({ configDir, cwd: link }).open('s');
    expect(file.path).toBe(join(folder, 's.jsonl'));
    await file.close();
  });

  it('refuses ids that are no ids', async () => {
    const { store } = await createStore();
    for (const id of ['../x', '', 'a/b', 'a.b'])
      await expect(store.open(id)).rejects.toBeInstanceOf(FileError);
  });
});

describe('a transcript', () => {
  it('is empty until something is appended, and leaves no file when nothing was', async () => {
    const { store, folder } = await createStore();
    const file = await store.open('s');
    expect(file.readOnly).toBe(false);
    expect(await readAll(file)).toBe('');
    await file.append([]);
    await file.close();
    expect(await fs.readdir(folder)).toEqual([]);
  });

  it('appends lines in the order asked', async () => {
    const { store } = await createStore();
    const file = await store.open('s');
    await Promise.all([file.append(['1', '2']), file.append(['3'])]);
    expect(await readAll(file)).toBe('1\n2\n3\n');
    expect((await fs.stat(file.path)).mode & 0o777).toBe(0o600);
    await file.close();
  });

  it('starts a line of its own after what another process has torn off meanwhile', async () => {
    const { store, folder } = await createStore();
    const file = await store.open('s');
    await file.append(['{"n":1}']);
    await fs.appendFile(join(folder, 's.jsonl'), '{"cut of');
    await file.append(['{"n":2}']);
    await file.close();
    expect(await fs.readFile(join(folder, 's.jsonl'), 'utf8')).toBe('{"n":1}\n{"cut of\n{"n":2}\n');
  });

  it('starts a line of its own after a torn tail', async () => {
    const { store, folder } = await createStore();
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(join(folder, 's.jsonl'), '{"a":1}\n{"tor');
    const file = await store.open('s');
    await file.append(['{"b":2}']);
    expect(await readAll(file)).toBe('{"a":1}\n{"tor\n{"b":2}\n');
    await file.close();
  });

  it('moves bad lines aside, whole lines only, and goes on', async () => {
    const { store, folder } = await createStore();
    await fs.mkdir(folder, { recursive: true });
    const whole = 'bad\n{"text":"bad"}\nbad\n{"x":"bad"}\ntorn';
    await fs.writeFile(join(folder, 's.jsonl'), whole);
    const file = await store.open('s');
    await file.append([]);
    const bad = [...placesOf('bad', whole), ...placesOf('torn', whole)];
    expect(await file.quarantine(bad)).toEqual({ news: 3, removed: true });
    await file.append(['{"y":1}']);
    expect(await readAll(file)).toBe('{"text":"bad"}\n{"x":"bad"}\n{"y":1}\n');
    expect(await fs.readFile(join(folder, 's.jsonl.corrupt'), 'utf8')).toBe('bad\ntorn\n');
    await file.close();
  });

  it('keeps a bad line once, though a crash came before it was taken out', async () => {
    const { store, folder } = await createStore();
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(join(folder, 's.jsonl'), '{"a":1}\nbad\nworse\n');
    await fs.writeFile(join(folder, 's.jsonl.corrupt'), 'bad\nwor');
    const file = await store.open('s');
    expect(
      await file.quarantine([
        { start: 8, end: 11 },
        { start: 12, end: 17 },
      ]),
    ).toEqual({ news: 2, removed: true });
    expect(await readAll(file)).toBe('{"a":1}\n');
    expect(await fs.readFile(join(folder, 's.jsonl.corrupt'), 'utf8')).toBe('bad\nwor\nworse\n');
    await file.close();
  });

  it('keeps a bad line once, and calls it news once, as long as it can not be taken out', async () => {
    const path = join(await temporaryFolder(), 's.jsonl');
    await fs.writeFile(path, '{"a":1}\nbad\n');
    const open = () => Promise.reject(new Error('no space left'));
    const full: FileOperations = { ...systemFileOperations, open };
    const news: number[] = [];
    for (let opening = 0; opening < 3; opening += 1) {
      const writer = createTranscriptWriter(path, full);
      const { news: count, removed } = await writer.quarantine([{ start: 8, end: 11 }]);
      expect(removed).toBe(false);
      news.push(count);
      await writer.append(['{"b":2}']);
      await writer.close();
    }
    expect(news).toEqual([1, 0, 0]);
    expect(await fs.readFile(`${path}.corrupt`, 'utf8')).toBe('bad\n');
    expect(await fs.readFile(path, 'utf8')).toBe('{"a":1}\nbad\n{"b":2}\n{"b":2}\n{"b":2}\n');
  });

  it('moves bad lines aside also where the configuration folder is a link', async () => {
    const { configDir, cwd, folder } = await createStore();
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(join(folder, 's.jsonl'), 'bad\n{"a":1}\n');
    const link = join(await temporaryFolder(), 'link');
    await fs.symlink(configDir, link);
    const file = await createTranscriptStore({ configDir: link, cwd }).open('s');
    expect(await file.quarantine([{ start: 0, end: 3 }])).toEqual({ news: 1, removed: true });
    expect(await readAll(file)).toBe('{"a":1}\n');
    await file.close();
  });

  it('is read-only for the second who opens it, until the first closes it', async () => {
    const { store } = await createStore();
    const first = await store.open('s');
    await first.append(['1', 'half a li']);
    const second = await store.open('s');
    expect(second.readOnly).toBe(true);
    await expect(second.append(['2'])).rejects.toMatchObject({ name: 'FileError', code: 'EBUSY' });
    expect(await second.quarantine([{ start: 2, end: 11 }])).toEqual({ news: 0, removed: false });
    expect(await readAll(second)).toBe('1\nhalf a li\n');
    await second.close();
    await first.close();
    const third = await store.open('s');
    expect(third.readOnly).toBe(false);
    await third.close();
  });
});

describe('the list of transcripts', () => {
  it('has the newest first, and only transcripts', async () => {
    const { store, folder } = await createStore();
    expect(await store.list()).toEqual([]);
    await fs.mkdir(join(folder, 'dir.jsonl'), { recursive: true });
    for (const [id, time] of [
      ['old', 1000],
      ['new', 3000],
      ['middle', 2000],
    ] as const) {
      await fs.writeFile(join(folder, `${id}.jsonl`), id);
      await fs.utimes(join(folder, `${id}.jsonl`), time, time);
    }
    await fs.writeFile(join(folder, 'old.jsonl.corrupt'), '');
    expect(await store.list()).toEqual([
      { sessionId: 'new', lastModified: 3_000_000, fileSize: 3 },
      { sessionId: 'middle', lastModified: 2_000_000, fileSize: 6 },
      { sessionId: 'old', lastModified: 1_000_000, fileSize: 3 },
    ]);
  });

  it('knows the ids of all workspaces', async () => {
    const { store, folder, configDir } = await createStore();
    expect(await store.listAllIds()).toEqual(new Set());
    const other = join(configDir, 'projects', '-elsewhere');
    for (const path of [folder, other]) await fs.mkdir(path, { recursive: true });
    await fs.writeFile(join(folder, 'here.jsonl'), '');
    await fs.writeFile(join(other, 'there.jsonl'), '');
    await fs.writeFile(join(other, 'there.jsonl.corrupt'), '');
    await fs.writeFile(join(configDir, 'projects', 'note.txt'), '');
    expect(await store.listAllIds()).toEqual(new Set(['here', 'there']));
  });

  it('says which of them a living process writes', async () => {
    const { store, folder } = await createStore();
    const held = await store.open('held');
    await held.append(['{}']);
    await fs.writeFile(join(folder, 'free.jsonl'), '');
    await fs.writeFile(join(folder, 'free.jsonl.lock'), 'torn');
    const isHeld = async () =>
      Object.fromEntries((await store.list()).map((entry) => [entry.sessionId, entry.isHeld]));
    expect(await isHeld()).toEqual({ held: true, free: undefined });
    await held.close();
    expect(await isHeld()).toEqual({ held: undefined, free: undefined });
  });

  it('peeks at both ends', async () => {
    const { store, folder } = await createStore();
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(join(folder, 's.jsonl'), '0123456789');
    const { head, tail } = await store.peek('s', 4);
    expect([text(head), text(tail)]).toEqual(['0123', '6789']);
    const all = await store.peek('s', 100);
    expect([text(all.head), text(all.tail)]).toEqual(['0123456789', '0123456789']);
    await expect(store.peek('none', 4)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the trash', () => {
  async function createSession() {
    const made = await createStore();
    const { folder } = made;
    await fs.mkdir(join(folder, 's', 'subagents'), { recursive: true });
    await fs.writeFile(join(folder, 's.jsonl'), 'said');
    await fs.writeFile(join(folder, 's.jsonl.corrupt'), 'bad');
    await fs.writeFile(join(folder, 's', 'subagents', 'agent-1.jsonl'), 'more');
    await fs.writeFile(join(folder, 'other.jsonl'), 'stays');
    return made;
  }

  it('takes a session with all that lies beside it, and gives it back', async () => {
    const { store, folder } = await createSession();
    const before = (await fs.readdir(folder, { recursive: true })).sort();
    expect(await store.remove('s')).toBe(true);
    expect(await fs.readdir(folder)).toEqual(['other.jsonl']);
    expect(await store.listAllIds()).toEqual(new Set(['s', 'other']));
    expect(await store.restore('s')).toBe(true);
    expect((await fs.readdir(folder, { recursive: true })).sort()).toEqual(before);
    expect(await fs.readFile(join(folder, 's.jsonl'), 'utf8')).toBe('said');
    expect(await store.restore('s')).toBe(false);
  });

  it('takes none that a process writes, and none that is not there', async () => {
    const { store, folder } = await createSession();
    const held = await store.open('s');
    expect(await store.remove('s')).toBe(false);
    await held.close();
    expect(await store.remove('none')).toBe(false);
    expect(await fs.readFile(join(folder, 's.jsonl'), 'utf8')).toBe('said');
  });

  it('gives nothing back over a session that has come since', async () => {
    const { store, folder } = await createSession();
    await store.remove('s');
    await fs.writeFile(join(folder, 's.jsonl'), 'new');
    expect(await store.restore('s')).toBe(false);
    expect(await fs.readFile(join(folder, 's.jsonl'), 'utf8')).toBe('new');
  });

  it('is emptied of what has lain in it for a month', async () => {
    const { store, configDir, cwd } = await createSession();
    const trash = join(configDir, 'trash', toProjectName(cwd));
    const old = Date.now() - 31 * 24 * 60 * 60 * 1000;
    await fs.mkdir(join(trash, `${old}-ancient`), { recursive: true });
    await fs.mkdir(join(trash, 'not of Belay'));
    await store.remove('s');
    const names = await fs.readdir(trash);
    expect(names.map((name) => name.replace(/^\d+-/, '')).sort()).toEqual(['not of Belay', 's']);
  });
});
