/** What the official Agent SDK must be able to do with Belay: sessions that go on, and its functions on what is kept. */
import {
  deleteSession,
  forkSession,
  getSessionInfo,
  getSessionMessages,
  listSessions,
  renameSession,
  tagSession,
} from '@anthropic-ai/claude-agent-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTranscriptStore } from '../../src/node/transcripts.ts';
import { createKeptSessions, type KeptSessions } from '../../src/vscode/keptSessions.ts';
import { createWorld, type World } from '../support/conformance/sdkSession.ts';
import { text, thinking, toolUse } from '../support/modelServer/steps.ts';

let world: World;
let configDirBefore: string | undefined;

beforeEach(async () => {
  world = await createWorld();
  // Where the SDK's functions on sessions look.
  configDirBefore = process.env.CLAUDE_CONFIG_DIR;
  process.env.CLAUDE_CONFIG_DIR = world.configDir;
});

afterEach(async () => {
  if (configDirBefore === undefined) delete process.env.CLAUDE_CONFIG_DIR;
  else process.env.CLAUDE_CONFIG_DIR = configDirBefore;
  await world.dispose();
});

const lastRequest = (): string => JSON.stringify(world.server.requests.at(-1)?.body.messages);

/** The panel's list of sessions of the folder. */
function openList(): KeptSessions {
  return createKeptSessions({
    transcripts: createTranscriptStore({ configDir: world.configDir, cwd: world.folder }),
    sessions: { host: () => undefined, release: async () => true },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
}

/** A session of two turns; resolves with its id. */
async function talk(): Promise<string> {
  world.server.script([thinking('Hm.'), text('Hello, Ada.')], [text('You are welcome.')]);
  const session = world.open();
  await session.ask('I am Ada.');
  const result = await session.ask('Thank you.');
  await session.end();
  return result.session_id;
}

describe('a session', () => {
  it('is resumed: under its id, with what was said, of which nothing is told again', async () => {
    const sessionId = await talk();
    world.server.script([text('Ada.')]);
    const { messages, result } = await world.ask('Who am I?', { resume: sessionId });
    expect(result).toMatchObject({ result: 'Ada.', session_id: sessionId });
    expect(lastRequest()).toContain('I am Ada.');
    expect(messages.filter(({ type }) => type === 'assistant')).toHaveLength(1);
  });

  it('is continued: the newest of the folder', async () => {
    const sessionId = await talk();
    world.server.script([text('Ada.')]);
    const { result } = await world.ask('Who am I?', { continue: true });
    expect(result.session_id).toBe(sessionId);
    expect(lastRequest()).toContain('I am Ada.');
  });

  it('is forked: the copy goes on, the original stays as it was', async () => {
    const sessionId = await talk();
    world.server.script([text('Ada.')], [text('Still Ada.')]);
    const forked = await world.ask('Who am I?', { resume: sessionId, forkSession: true });
    expect(forked.result.session_id).not.toBe(sessionId);
    expect(lastRequest()).toContain('I am Ada.');
    await world.ask('And who am I now?', { resume: sessionId });
    expect(lastRequest()).not.toContain('Who am I?');
  });

  it('goes on from a message in its middle', async () => {
    const sessionId = await talk();
    const said = await getSessionMessages(sessionId, { dir: world.folder });
    const first = said.find(({ type }) => type === 'assistant');
    world.server.script([text('Ada.')]);
    await world.ask('Who am I?', { resume: sessionId, resumeSessionAt: first?.uuid ?? '' });
    expect(lastRequest()).toContain('I am Ada.');
    expect(lastRequest()).not.toContain('Thank you.');
  });

  it('has the id it was given, which is then taken', async () => {
    const sessionId = crypto.randomUUID();
    world.server.script([text('Yes.')]);
    expect((await world.ask('Go.', { sessionId })).result.session_id).toBe(sessionId);
    await expect(world.ask('Go.', { sessionId })).rejects.toThrow('already in use');
  });

  it('that is not there can not be resumed', async () => {
    const missing = crypto.randomUUID();
    await expect(world.ask('Go.', { resume: missing })).rejects.toThrow(
      `No conversation found with session ID: ${missing}`,
    );
    await expect(world.ask('Go.', { continue: true })).rejects.toThrow('No conversation found to continue');
  });

  it('that is not to be kept leaves nothing', async () => {
    world.server.script([text('Yes.')]);
    await world.ask('Go.', { persistSession: false });
    expect(await listSessions({ dir: world.folder })).toEqual([]);
  });

  it('that was cut off in a call goes on', async () => {
    world.server.script([toolUse('Bash', { command: 'touch started; sleep 1000' })], [text('I see.')]);
    const abort = new AbortController();
    const session = world.open({ allowedTools: ['Bash'], abortController: abort });
    session.send('Go.');
    await expect.poll(() => world.isThere('started'), { timeout: 20_000 }).toBe(true);
    const init = await session.until(
      (message): message is typeof message & { subtype: 'init'; type: 'system' } =>
        message.type === 'system' && message.subtype === 'init',
    );
    abort.abort();
    await session.end();
    await expect
      .poll(async () => (await world.ask('And?', { resume: init.session_id })).result.subtype, {
        timeout: 20_000,
      })
      .toBe('success');
  });
});

describe("the SDK's functions on sessions", () => {
  it('list what there is', async () => {
    const sessionId = await talk();
    expect(await listSessions({ dir: world.folder })).toMatchObject([
      { sessionId, firstPrompt: 'I am Ada.', summary: expect.any(String), cwd: world.folder },
    ]);
  });

  it('read what was said', async () => {
    const sessionId = await talk();
    const messages = await getSessionMessages(sessionId, { dir: world.folder });
    expect(messages.map(({ type }) => type)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(JSON.stringify(messages)).toContain('Hello, Ada.');
  });

  it('rename and tag, which Belay keeps when the session goes on', async () => {
    const sessionId = await talk();
    await renameSession(sessionId, 'About Ada', { dir: world.folder });
    await tagSession(sessionId, 'friends', { dir: world.folder });
    world.server.script([text('Ada.')]);
    await world.ask('Who am I?', { resume: sessionId });
    expect(await getSessionInfo(sessionId, { dir: world.folder })).toMatchObject({
      customTitle: 'About Ada',
      tag: 'friends',
      summary: 'About Ada',
    });
  });

  it('and the list of the panel read what the other has written', async () => {
    const sessionId = await talk();
    const kept = openList();
    await kept.rename(sessionId, 'Of the panel');
    await kept.tag(sessionId, 'one, two');
    const copy = await kept.fork(sessionId);
    const infos = await listSessions({ dir: world.folder });
    expect(infos.find((info) => info.sessionId === sessionId)).toMatchObject({
      customTitle: 'Of the panel',
      tag: 'one, two',
    });
    expect(infos.find((info) => info.sessionId === copy)).toMatchObject({
      customTitle: 'Of the panel (fork)',
    });
    expect(await getSessionMessages(copy, { dir: world.folder })).toHaveLength(4);
    await renameSession(sessionId, 'Of the SDK', { dir: world.folder });
    await tagSession(sessionId, null, { dir: world.folder });
    const [theirs] = (await kept.list()).filter((info) => info.sessionId === sessionId);
    expect(theirs).toMatchObject({ summary: 'Of the SDK', phase: 'done' });
    expect(theirs).not.toHaveProperty('tag');
    await deleteSession(copy, { dir: world.folder });
    await kept.remove(sessionId);
    expect(await listSessions({ dir: world.folder })).toEqual([]);
    expect(await kept.list()).toEqual([]);
    await kept.restore(sessionId);
    expect(await listSessions({ dir: world.folder })).toMatchObject([
      { sessionId, customTitle: 'Of the SDK' },
    ]);
  });

  it('fork, and Belay goes on with the copy', async () => {
    const sessionId = await talk();
    const { sessionId: copy } = await forkSession(sessionId, { dir: world.folder });
    world.server.script([text('Ada.')]);
    const { result } = await world.ask('Who am I?', { resume: copy });
    expect(result).toMatchObject({ subtype: 'success', session_id: copy });
    expect(lastRequest()).toContain('I am Ada.');
  });

  it('delete', async () => {
    const sessionId = await talk();
    await deleteSession(sessionId, { dir: world.folder });
    expect(await listSessions({ dir: world.folder })).toEqual([]);
    await expect(world.ask('Go.', { resume: sessionId })).rejects.toThrow('No conversation found');
  });
});
