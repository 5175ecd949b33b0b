// The panel as a person and a screen reader find it: by roles and names, with mouse and keyboard.

import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { RewindAnswer } from '../../../src/protocol/checkpoints.ts';
import type { PanelState } from '../../../src/protocol/panel.ts';
import * as say from '../../support/panelHarness/conversation.ts';
import type { PanelPage } from '../../support/panelHarness/panelPage.ts';
import type { Answers } from '../../support/panelHarness/scriptedHost.ts';
import { setUpPanels } from './panels.ts';

const openPanel = setUpPanels();

interface Start {
  readonly messages?: readonly unknown[];
  readonly state?: Partial<PanelState>;
  readonly draft?: string;
  readonly answers?: Partial<Answers>;
  readonly height?: number;
}

async function open({
  messages = [],
  state = {},
  draft = '',
  answers = {},
  height = 700,
}: Start = {}): Promise<PanelPage> {
  const snapshot = {
    state: say.buildState(state),
    view: { draft, scroll: null, open: {} },
    messages: [...messages],
  };
  const panel = await openPanel({ snapshot, answers, height });
  await panel.page.getByRole('button', { name: 'New session' }).waitFor();
  return panel;
}

const exact = true;

/** The texts that describe an element to a screen reader. Runs in the page. */
const describedBy = (element: Element): (string | null | undefined)[] =>
  (element.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent);

/** As `expect.poll`, with the patience that a busy machine needs. */
const soon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000, interval: 20 });

/** Presses a button until it has an effect: a card that has just changed its size swallows the first press. */
async function press(button: Locator, hasWorked: () => boolean | Promise<boolean>): Promise<void> {
  await soon(async () => {
    if (await hasWorked()) return true;
    await button.click({ timeout: 1_000 }).catch(() => {});
    return hasWorked();
  }).toBe(true);
}

describe('settings of the project that nobody has seen', () => {
  const files = [
    { file: '/p/.claude/settings.json', hash: 'one', waiting: ['other hooks\u202e'] },
    { file: '/p/.mcp.json', hash: 'two', waiting: ['the server maps'] },
  ];
  const askedOf = (host: PanelPage['host'], subtype: string): unknown[] =>
    host.asked.filter((each) => each.subtype === subtype).map(({ request }) => request);

  test('are allowed only once this very text was shown, and can be put off', async () => {
    let hash = 'older';
    const { page, host } = await open({ answers: { 'belay/settings_show': async () => ({ hash }) } });
    host.send(say.systemSays('belay/settings_pending', { files }));
    const card = page.getByRole('group', { name: 'Changed project settings' });
    await card.getByText('other hooks⟨U+202E⟩').waitFor();
    const [show, allow] = [
      page.getByRole('button', { name: 'Show changes' }),
      page.getByRole('button', { name: 'Allow', exact }),
    ];
    await show.click();
    await soon(() => askedOf(host, 'belay/settings_show')).toEqual([{ file: '/p/.claude/settings.json' }]);
    expect(await allow.isEnabled()).toBe(false);
    hash = 'one';
    await show.click();
    await press(allow, () => askedOf(host, 'belay/settings_approve').length > 0);
    expect(askedOf(host, 'belay/settings_approve')[0]).toEqual({
      file: '/p/.claude/settings.json',
      hash: 'one',
    });
    host.send(say.systemSays('belay/settings_pending', { files: files.slice(1) }));
    await card.getByText('the server maps').waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
    await card.waitFor({ state: 'detached' });
  });

  test('say why they do not count', async () => {
    const { page, host } = await open({
      answers: {
        'belay/settings_show': async () => ({ hash: 'two' }),
        'belay/settings_approve': async () => ({ problem: 'It has changed. Look again.' }),
      },
    });
    host.send(say.systemSays('belay/settings_pending', { files: files.slice(1) }));
    await page.getByRole('button', { name: 'Show changes' }).click();
    const problem = page.getByRole('alert').getByText('It has changed. Look again.');
    await press(page.getByRole('button', { name: 'Allow', exact }), async () => (await problem.count()) > 0);
  });
});

describe('the composer', () => {
  test('sends on Enter, breaks the line on Shift+Enter, and shows the message until it is taken up', async () => {
    const { page, host } = await open();
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.fill('first');
    await box.press('Shift+Enter');
    await box.pressSequentially('second');
    await box.press('Enter');
    await soon(() => host.sent.length).toBe(1);
    const [message] = host.sent as { uuid: string }[];
    expect(message).toEqual({
      type: 'user',
      message: { role: 'user', content: [{ type: 'text', text: 'first\nsecond' }] },
      parent_tool_use_id: null,
      session_id: host.snapshot.state.session_id,
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await box.inputValue()).toBe('');
    await page.getByRole('listitem').filter({ hasText: 'Sending' }).waitFor();
    host.send(say.userSays('first\nsecond', message?.uuid ?? ''));
    await page.getByRole('button', { name: 'Rewind to here' }).waitFor();
    expect(await page.getByRole('list', { name: 'Waiting messages' }).count()).toBe(0);
  });

  test('stops with Escape and with the button, and still sends while something runs', async () => {
    const { page, host } = await open();
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    host.send(say.stateIs('running'));
    await page.getByRole('button', { name: 'Stop' }).click();
    await box.press('Escape');
    await box.fill('queue this');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await soon(() => host.sent.length).toBe(1);
    expect(host.asked.filter(({ subtype }) => subtype === 'interrupt').length).toBe(2);
  });

  test('lists what waits for its turn, to be removed, moved, sent at once and changed', async () => {
    const { page, host } = await open();
    host.send(
      say.stateIs('running'),
      say.systemSays('belay/queue_changed', {
        queued: [
          { uuid: 'q1', text: 'later' },
          { uuid: 'q2', text: 'last' },
        ],
      }),
    );
    const entry = (text: string) =>
      page.getByRole('list', { name: 'Waiting messages' }).getByRole('listitem').filter({ hasText: text });
    const button = (text: string, name: string) => entry(text).getByRole('button', { name });
    const changes = () =>
      host.asked.flatMap(({ subtype, request }) => (subtype === 'belay/queue_change' ? [request] : []));
    await button('last', 'Move up').click();
    await soon(() => changes().at(-1)).toMatchObject({
      message_uuid: 'q2',
      change: { kind: 'place', before: 'q1' },
    });
    expect(await button('later', 'Move up').count()).toBe(0);
    await button('later', 'Send now').click();
    await soon(() => changes().at(-1)).toMatchObject({ message_uuid: 'q1', change: { kind: 'now' } });
    await button('last', 'Edit').click();
    const box = page.getByRole('textbox', { name: 'Change the waiting message' });
    expect(await box.inputValue()).toBe('last');
    await box.press('Escape');
    await button('last', 'Edit').click();
    await box.pressSequentially(' of all');
    await box.press('Enter');
    await soon(() => changes().at(-1)).toMatchObject({
      message_uuid: 'q2',
      change: { kind: 'text', text: 'last of all' },
    });
    expect(changes()).toHaveLength(3);
    host.send(
      say.systemSays('belay/queue_changed', { queued: [{ uuid: 'q1', text: 'later', is_now: true }] }),
    );
    await entry('Next step').waitFor();
    expect(await button('later', 'Send now').count()).toBe(0);
    await button('later', 'Remove').click();
    expect(await host.untilAsked('cancel_async_message')).toMatchObject({ message_uuid: 'q1' });
  });

  test('gives back what was written for a waiting message that the agent has by now', async () => {
    const { page, host } = await open({
      draft: 'and',
      answers: { 'belay/queue_change': async () => ({ changed: false }) },
    });
    host.send(say.systemSays('belay/queue_changed', { queued: [{ uuid: 'q1', text: 'later' }] }));
    await page.getByRole('button', { name: 'Edit', exact }).click();
    await page.getByRole('textbox', { name: 'Change the waiting message' }).fill('sooner');
    await page.getByRole('button', { name: 'Save' }).click();
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await soon(() => box.inputValue()).toBe('and\n\nsooner');
  });

  test('runs a command behind an exclamation mark, and shows what it puts out as a terminal does', async () => {
    const { page, host } = await open();
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.fill('!git log @{u}');
    await page.getByText('Runs in the shell').waitFor();
    await page.getByRole('button', { name: 'Run command' }).click();
    await soon(() => host.sent.length).toBe(1);
    expect(host.sent[0]).toMatchObject({
      belay_input: 'command',
      priority: 'next',
      message: { content: [{ type: 'text', text: '!git log @{u}' }] },
    });
    expect(host.asked.filter(({ subtype }) => subtype === 'file_suggestions')).toEqual([]);
    host.send(
      { ...(say.userSays('!git log @{u}', 'u9') as object), belay_input: 'command' },
      say.stateIs('running'),
      say.toolRuns('toolu_u9', 'Bash', { output: '\u001b[33mcommit\u001b[0m 12' }),
    );
    const live = page.getByRole('group', { name: 'Output so far' });
    await live.getByText('12').waitFor();
    expect(await live.getAttribute('aria-busy')).toBe('true');
    host.send(say.toolRuns('toolu_u9', 'Bash', { output: '34' }));
    await live.getByText('1234').waitFor();
    const said = { content: '\u001b[33mcommit\u001b[0m 1234', is_terminal: true };
    host.send(say.systemSays('local_command_output', { ...said, tool_use_id: 'toolu_u9' }));
    await live.waitFor({ state: 'detached' });
    const output = page.locator('pre.terminal');
    await output.getByText('1234').waitFor();
    expect(await output.textContent()).toBe('commit 1234');
  });

  test('tells with a message what is open in the editor, unless that is switched off', async () => {
    const path = '/work/src/list.ts';
    const { page, host } = await open({ state: { editor_context: { path, lines: { from: 2, to: 4 } } } });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    const chip = page.getByRole('button', { name: /^Tell what is open: / });
    expect(await chip.getAttribute('aria-pressed')).toBe('true');
    await box.fill('What is this?');
    await box.press('Enter');
    await soon(() => host.sent.at(-1)).toMatchObject({ belay_context: { path, lines: { from: 2, to: 4 } } });
    host.send({
      ...(say.userSays('What is this?', 'u9') as object),
      belay_context: { path, lines: { from: 2, to: 4 } },
    });
    await page.getByRole('log').getByRole('button', { name: 'list.ts:2–4', exact }).click();
    expect(await host.untilAsked('belay/file_open')).toMatchObject({ path, line: 2 });
    await chip.click();
    expect(await chip.getAttribute('aria-pressed')).toBe('false');
    await box.fill('And this?');
    await box.press('Enter');
    await soon(() => host.sent.length).toBe(2);
    expect(host.sent.at(-1)).not.toHaveProperty('belay_context');
  });

  test('gets what is pointed at in the editor behind what is written', async () => {
    const { page, host } = await open({ draft: 'Look at' });
    host.send({ type: 'system', subtype: 'belay/composer_focus', insert: '@src/list.ts#L2 ' });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await soon(() => box.inputValue()).toBe('Look at @src/list.ts#L2 ');
  });

  test('has a line behind a number sign remembered, and keeps it until that is done', async () => {
    const outcomes = ['cancelled', 'added', 'message'] as const;
    let asked = 0;
    const { page, host } = await open({
      answers: { 'belay/memory_add': async () => ({ outcome: outcomes[asked++] ?? 'failed' }) },
    });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.fill('# Use tabs');
    await page.getByText('Goes into a memory file').waitFor();
    await box.press('Enter');
    await soon(() => asked).toBe(1);
    expect(await box.inputValue()).toBe('# Use tabs');
    await box.press('Enter');
    await soon(() => box.inputValue()).toBe('');
    expect(host.sent).toEqual([]);
    await box.fill('# Use tabs');
    await box.press('Enter');
    await soon(() => host.sent).toMatchObject([{ message: { content: [{ text: '# Use tabs' }] } }]);
    expect(host.sent[0]).not.toHaveProperty('belay_input');
  });

  test('attaches images and text files, and says what it cannot take', async () => {
    const { page, host } = await open();
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    await page.locator('input[type=file]').setInputFiles([
      { name: 'dot.png', mimeType: 'image/png', buffer: png },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') },
      { name: 'program.exe', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2, 255]) },
    ]);
    await page.getByRole('alert').filter({ hasText: 'program.exe' }).waitFor();
    expect(await page.getByRole('list', { name: 'Attached files' }).getByRole('listitem').count()).toBe(2);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await soon(() => host.sent.length).toBe(1);
    expect(host.sent[0]).toMatchObject({
      message: {
        content: [
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: png.toString('base64') },
          },
          {
            type: 'document',
            title: 'notes.txt',
            source: { type: 'text', media_type: 'text/plain', data: 'hello' },
          },
        ],
      },
    });
  });

  test('changes mode and model by keyboard; bypass is offered only where it is allowed', async () => {
    const { page, host } = await open();
    await page.getByRole('button', { name: 'Permission mode: Ask before edits' }).press('Enter');
    const bypass = page.getByRole('option', { name: /Bypass permissions/ });
    expect(await page.getByRole('option').count()).toBe(3);
    expect(await bypass.count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await host.untilAsked('set_permission_mode')).toMatchObject({ mode: 'acceptEdits' });
    await page.getByRole('button', { name: 'Model: Sonnet 5.5' }).click();
    await page.getByRole('option', { name: 'Opus 5.5' }).click();
    expect(await host.untilAsked('set_model')).toMatchObject({ model: 'claude-opus-5-5' });
    const state = { ...host.snapshot.state, bypass_allowed: true };
    host.send({ type: 'system', subtype: 'belay/panel_state', state });
    await page.getByRole('button', { name: /^Permission mode/ }).click();
    expect(await bypass.count()).toBe(1);
  });

  test('takes the draft of the host, and saves it back', async () => {
    const { page, host } = await open({ draft: 'half a thought' });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    expect(await box.inputValue()).toBe('half a thought');
    await box.pressSequentially(', and more');
    await soon(() => host.snapshot.view.draft).toBe('half a thought, and more');
  });
});

test('the panel speaks the language of the editor, and English where it has no words', async () => {
  const { page } = await openPanel({
    snapshot: {
      state: say.buildState({}),
      view: { draft: '', scroll: null, open: {} },
      messages: [say.userSays('Sort the notes', 'u1')],
      language: 'zh-cn',
      texts: {
        'New session': '新建会话',
        'Rewind to here': '回退到此处',
        'Message Belay': '给 Belay 的消息',
      },
    },
    height: 700,
  });
  await page.getByRole('button', { name: '新建会话' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-cn');
  await page.getByRole('textbox', { name: '给 Belay 的消息' }).waitFor();
  await page.getByText('Sort the notes').hover();
  await page.getByRole('button', { name: '回退到此处' }).waitFor();
  await page.getByRole('button', { name: 'Edit and run again' }).waitFor();
});

describe('suggestions while writing', () => {
  const commands = [
    { name: 'review', description: 'Looks over the changes', argumentHint: '[branch]' },
    { name: 'compact', description: 'Sums up the conversation', argumentHint: '' },
    { name: 'old-review', description: '', argumentHint: '' },
  ];
  const answers: Partial<Answers> = {
    initialize: async () => ({
      commands,
      agents: [],
      output_style: '',
      available_output_styles: [],
      models: [],
      account: {},
    }),
    file_suggestions: async ({ query }) => ({
      suggestions:
        query === 'src/'
          ? [{ path: 'src/my list.ts', type: 'file' as const }]
          : [
              { path: 'src', type: 'directory' as const },
              { path: 'src/list.ts', type: 'file' as const },
            ],
    }),
  };
  const shown = (page: PanelPage['page']): Promise<string[]> =>
    page.getByRole('option').evaluateAll((options) => options.map((option) => option.textContent ?? ''));

  test('for a mention go on below a folder, and put a file with spaces in quotes', async () => {
    const { page } = await open({ answers });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.pressSequentially('Look at @s');
    await soon(() => shown(page)).toEqual(['src', 'list.tssrc']);
    expect(await page.getByRole('option', { selected: true }).textContent()).toBe('src');
    expect(await box.getAttribute('aria-activedescendant')).toBe(
      await page.getByRole('option', { selected: true }).getAttribute('id'),
    );
    await box.press('Tab');
    expect(await box.inputValue()).toBe('Look at @src/');
    await soon(() => shown(page)).toEqual(['my list.tssrc']);
    await box.press('Enter');
    expect(await box.inputValue()).toBe('Look at @"src/my list.ts" ');
    await soon(() => shown(page)).toEqual([]);
    await box.pressSequentially('now');
    expect(await box.inputValue()).toBe('Look at @"src/my list.ts" now');
  });

  test('of symbols come behind the files that are there already, and put in the lines of one', async () => {
    let come = (): void => {};
    const late = new Promise<void>((resolve) => {
      come = resolve;
    });
    const { page } = await open({
      answers: {
        ...answers,
        'belay/symbol_suggestions': async () => {
          await late;
          const place = { path: 'src/list.ts', line: 3, lastLine: 9 };
          return { symbols: [{ name: 'openList', kind: 'function', container: 'lists', ...place }] };
        },
      },
    });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.pressSequentially('@li');
    await soon(() => shown(page)).toEqual(['src', 'list.tssrc']);
    await box.press('ArrowDown');
    come();
    await soon(() => shown(page)).toEqual(['src', 'list.tssrc', 'openListlists · src/list.ts:3']);
    expect(await page.getByRole('option', { selected: true }).textContent()).toBe('list.tssrc');
    await box.press('ArrowDown');
    await box.press('Enter');
    expect(await box.inputValue()).toBe('@src/list.ts#L3-9 ');
  });

  test('are chosen by arrow keys and mouse, and sent away by Escape without stopping anything', async () => {
    const { page, host } = await open({ answers, messages: [say.stateIs('running')] });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.pressSequentially('@l');
    await soon(() => shown(page)).toHaveLength(2);
    await box.press('ArrowDown');
    await soon(() => page.getByRole('option', { selected: true }).textContent()).toBe('list.tssrc');
    await box.press('Escape');
    await soon(() => shown(page)).toEqual([]);
    await box.pressSequentially('i');
    expect(await shown(page)).toEqual([]);
    expect(host.asked.some(({ subtype }) => subtype === 'interrupt')).toBe(false);
    await box.fill('');
    await box.pressSequentially('@l');
    await page.getByRole('option').nth(1).click();
    expect(await box.inputValue()).toBe('@src/list.ts ');
    await box.press('Enter');
    await soon(() => host.sent).toHaveLength(1);
  });

  test('that are not yet those for what is written are not put in by Enter, which sends', async () => {
    let isSlow = false;
    const never = new Promise<never>(() => {});
    const list = { suggestions: [{ path: 'src/list.ts', type: 'file' as const }] };
    const { page, host } = await open({
      answers: { ...answers, file_suggestions: async () => (isSlow ? never : list) },
    });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.pressSequentially('@src/l');
    await soon(() => shown(page)).toHaveLength(1);
    isSlow = true;
    await box.pressSequentially('og.ts');
    await box.press('Enter');
    await soon(() => host.sent).toHaveLength(1);
    expect(JSON.stringify(host.sent)).toContain('"text":"@src/log.ts"');
    isSlow = false;
    await box.pressSequentially('@src/list.ts');
    await soon(() => shown(page)).toHaveLength(1);
    await soon(async () => {
      if (host.sent.length < 2) await box.press('Enter');
      return host.sent.length;
    }).toBe(2);
    expect(JSON.stringify(host.sent)).toContain('"text":"@src/list.ts"');
  });

  test('for a command are by name; Enter runs one that is written whole', async () => {
    const { page, host } = await open({ answers });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.pressSequentially('/re');
    await soon(() => shown(page)).toEqual(['/review[branch] – Looks over the changes', '/old-review']);
    await box.press('Enter');
    expect(await box.inputValue()).toBe('/review ');
    expect(host.sent).toEqual([]);
    await box.fill('');
    await box.pressSequentially('/compact');
    await soon(() => shown(page)).toHaveLength(1);
    await box.press('Enter');
    await soon(() => host.sent).toHaveLength(1);
    expect(JSON.stringify(host.sent)).toContain('"text":"/compact"');
  });

  test('what was said before comes back with the arrow up, and goes with the arrow down', async () => {
    const { page } = await open({
      messages: [say.userSays('one', 'u1'), say.userSays('two\nlines', 'u2'), say.userSays('one', 'u3')],
    });
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.press('ArrowUp');
    expect(await box.inputValue()).toBe('one');
    await box.press('ArrowUp');
    await soon(() => box.inputValue()).toBe('two\nlines');
    // The caret has lines to go through first.
    await box.press('ArrowUp');
    await box.press('ArrowUp');
    expect(await box.inputValue()).toBe('two\nlines');
    await box.press('ArrowDown');
    await box.press('ArrowDown');
    await soon(() => box.inputValue()).toBe('one');
    await box.press('ArrowDown');
    expect(await box.inputValue()).toBe('');
    await box.fill('something new');
    await box.press('ArrowUp');
    expect(await box.inputValue()).toBe('something new');
  });
});

describe('a permission request', () => {
  const input = { command: 'npm test' };
  const suggestion = {
    type: 'addRules' as const,
    behavior: 'allow' as const,
    destination: 'session' as const,
    rules: [{ toolName: 'Bash', ruleContent: 'npm test' }],
  };
  const request = {
    tool_name: 'Bash',
    tool_use_id: 't1',
    input,
    title: 'Run npm test',
    digest: 'abc',
    permission_suggestions: [suggestion],
  };

  test('is answered by its buttons, with the digest of what was shown', async () => {
    const { page, host } = await open();
    const first = host.askPermission(request);
    const card = page.getByRole('group', { name: 'Permission request' });
    await card.getByRole('button', { name: 'Allow', exact }).click();
    expect(await first).toEqual({ behavior: 'allow', updatedInput: input, digest: 'abc' });
    const second = host.askPermission(request);
    await card.getByRole('button', { name: 'Allow and remember' }).click();
    expect(await second).toEqual({
      behavior: 'allow',
      updatedInput: input,
      updatedPermissions: [suggestion],
      digest: 'abc',
    });
    const third = host.askPermission(request);
    await card.getByRole('button', { name: 'Deny' }).click();
    expect(await third).toMatchObject({ behavior: 'deny' });
    await soon(() => card.count()).toBe(0);
  });

  const offers = {
    ...request,
    permission_suggestions: [suggestion],
    rule_offers: [
      { update: suggestion, also_allows: [], destinations: ['session', 'localSettings'] as const },
      {
        update: { ...suggestion, rules: [{ toolName: 'Bash', ruleContent: 'npm:*' }] },
        also_allows: ['npm publish'],
        destinations: ['session', 'localSettings'] as const,
      },
    ].map((offer) => ({ ...offer, destinations: [...offer.destinations] })),
  };

  test('offers rules with what else they would allow, and the places to keep them in, by keyboard', async () => {
    const { page, host } = await open();
    let isAnswered = false;
    const answer = host.askPermission(offers).finally(() => {
      isAnswered = true;
    });
    const card = page.getByRole('group', { name: 'Permission request' });
    await card.getByText('A rule would cover it: Bash(npm test)').waitFor();
    const remember = card.getByRole('button', { name: 'Allow and remember' });
    await soon(() => remember.isEnabled()).toBe(true);
    await remember.press('Enter');
    const places = card.getByRole('menu', { name: 'Where' });
    await soon(() => places.getByRole('menuitem').evaluateAll(findFocus)).toBe(0);
    await page.keyboard.press('Escape');
    await soon(() => card.getByRole('textbox').evaluateAll(findFocus)).toBe(0);
    expect(isAnswered).toBe(false);
    await soon(() => remember.isEnabled()).toBe(true);
    await remember.press('Enter');
    await card.getByText('Would also allow npm publish').waitFor();
    await card.getByRole('radio').nth(1).check();
    await places.getByRole('menuitem').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await places.getByRole('menuitem').evaluateAll(findFocus)).toBe(1);
    await soon(async () => {
      if (!isAnswered) await page.keyboard.press('Enter');
      return isAnswered;
    }).toBe(true);
    expect(await answer).toEqual({
      behavior: 'allow',
      updatedInput: input,
      updatedPermissions: [
        { ...suggestion, destination: 'localSettings', rules: [{ toolName: 'Bash', ruleContent: 'npm:*' }] },
      ],
      digest: 'abc',
    });
  });

  test('shows the commands of a command line with a verdict for each', async () => {
    const { page, host } = await open();
    void host
      .askPermission({
        ...request,
        decision_reason: 'It runs a command.\nThe whole line is odd.',
        command_parts: [
          { text: 'git status', behavior: 'allow', reason: 'It only looks.' },
          { text: 'npm test \u202e', behavior: 'ask', reason: 'It runs a command.' },
        ],
      })
      .catch(() => {});
    const card = page.getByRole('group', { name: 'Permission request' });
    await card.getByText('1 of its 2 commands needs your permission.').waitFor();
    expect(
      await card.getByRole('list', { name: 'Its commands' }).getByRole('listitem').allInnerTexts(),
    ).toEqual([
      expect.stringMatching(/^git status\s+Allowed: It only looks\.$/),
      expect.stringMatching(/^npm test ⟨U\+202E⟩\s+Asked: It runs a command\.$/),
    ]);
    expect(await card.getByText('The whole line is odd.').count()).toBe(1);
  });

  test('is denied with the words typed into it', async () => {
    const { page, host } = await open();
    const answer = host.askPermission(request);
    const box = page.getByRole('textbox', { name: 'Tell Belay what to do instead' });
    await box.fill('Use pnpm');
    await box.press('Enter');
    expect(await answer).toEqual({ behavior: 'deny', message: 'Use pnpm', digest: 'abc' });
  });

  test('is not allowed by the keys of "allow" when something else was typed', async () => {
    const { page, host } = await open();
    const answer = host.askPermission(request);
    const card = page.getByRole('group', { name: 'Permission request' });
    await soon(() => card.getByRole('button', { name: 'Allow', exact }).isEnabled()).toBe(true);
    await card.getByRole('textbox').fill('No, use pnpm');
    await card.getByRole('textbox').press('Control+Enter');
    expect(await answer).toMatchObject({ behavior: 'deny', message: 'No, use pnpm' });
  });

  test('can be neither clicked nor confirmed in its first half second', async () => {
    const { page, host } = await open();
    const answer = host.askPermission(request);
    const card = page.getByRole('group', { name: 'Permission request' });
    await card.waitFor();
    const allow = card.getByRole('button', { name: 'Allow', exact });
    const shownAt = Date.now();
    expect(await allow.isDisabled()).toBe(true);
    await card.getByRole('textbox').press('Control+Enter');
    await soon(() => allow.isEnabled()).toBe(true);
    expect(Date.now() - shownAt).toBeGreaterThan(350);
    await card.getByRole('textbox').press('Control+Enter');
    expect(await answer).toMatchObject({ behavior: 'allow' });
  });

  test('takes no click that comes right after it has moved', async () => {
    const { page, host } = await open();
    let isAnswered = false;
    const answer = host.askPermission(request).finally(() => {
      isAnswered = true;
    });
    const allow = page.getByRole('button', { name: 'Allow', exact });
    await soon(() => allow.isEnabled()).toBe(true);
    await allow.evaluate((button) => {
      document.querySelector<HTMLElement>('.composer')?.style.setProperty('margin-bottom', '60px');
      (button as HTMLElement).click();
    });
    await page.waitForTimeout(300);
    expect(isAnswered).toBe(false);
    await press(allow, () => isAnswered);
    expect(await answer).toMatchObject({ behavior: 'allow' });
  });

  test('never takes the focus from the composer, and Enter there sends', async () => {
    const { page, host } = await open();
    const box = page.getByRole('textbox', { name: 'Message Belay' });
    await box.fill('typing');
    const answer = host.askPermission(request).catch(() => 'closed');
    await page.getByRole('group', { name: 'Permission request' }).waitFor();
    await page.waitForTimeout(700);
    expect(await box.evaluate((element) => document.activeElement === element)).toBe(true);
    await page.keyboard.press('Enter');
    await soon(() => host.sent.length).toBe(1);
    expect(await page.getByRole('group', { name: 'Permission request' }).count()).toBe(1);
    host.peer.close();
    expect(await answer).toBe('closed');
  });

  test('withholds remembering while lines are hidden, and shows them on request', async () => {
    const { page, host } = await open();
    const command = Array.from({ length: 40 }, (_, line) => `echo ${line}`).join('\n');
    const answer = host.askPermission({ ...request, input: { command: `${command}\nrm -rf ~` } });
    const card = page.getByRole('group', { name: 'Permission request' });
    const remember = card.getByRole('button', { name: 'Allow and remember' });
    await soon(() => card.getByRole('button', { name: 'Allow', exact }).isEnabled()).toBe(true);
    expect(await remember.isDisabled()).toBe(true);
    await card.getByRole('button', { name: '+29 lines, show all' }).click();
    await card.getByText('rm -rf ~').waitFor();
    await press(remember, async () => (await card.count()) === 0);
    expect(await answer).toMatchObject({ behavior: 'allow' });
  });

  test('shows what cannot be seen', async () => {
    const { page, host } = await open();
    void host
      .askPermission({ ...request, input: { command: 'echo a\u202eb\u200bc\u{e0041}' } })
      .catch(() => {});
    await page.getByText('echo a⟨U+202E⟩b⟨U+200B⟩c⟨U+E0041⟩').waitFor();
  });

  test('waits behind others, and goes away when the agent takes it back', async () => {
    const { page, host } = await open();
    const closed = new AbortController();
    const first = host.askPermission(request, closed.signal).catch(() => 'taken back');
    const second = host.askPermission({ ...request, title: 'Run npm run build' });
    const card = page.getByRole('group', { name: 'Permission request' });
    await card.getByText('1 of 2').waitFor();
    closed.abort();
    expect(await first).toBe('taken back');
    await card.getByText('Run npm run build').waitFor();
    await card.getByRole('button', { name: 'Allow', exact }).click();
    expect(await second).toMatchObject({ behavior: 'allow' });
  });

  test('asks questions as a form', async () => {
    const { page, host } = await open();
    const questions = [
      {
        question: 'Which?',
        header: 'Which',
        multiSelect: false,
        options: [
          { label: 'One', description: '' },
          { label: 'Two', description: 'the other' },
        ],
      },
      {
        question: 'What else?',
        header: 'Else',
        multiSelect: true,
        options: [
          { label: 'A', description: '' },
          { label: 'B', description: '' },
        ],
      },
    ];
    const answer = host.askPermission({
      tool_name: 'AskUserQuestion',
      tool_use_id: 't2',
      input: { questions },
    });
    const card = page.getByRole('group', { name: 'Permission request' });
    expect(await card.getByRole('button', { name: 'Answer' }).isDisabled()).toBe(true);
    await card.getByRole('radio', { name: 'Two' }).click();
    await card.getByRole('checkbox', { name: 'A', exact }).click();
    await card.getByRole('textbox', { name: 'Another answer to: What else?' }).fill('C too');
    await card.getByRole('button', { name: 'Answer' }).click();
    expect(await answer).toEqual({
      behavior: 'allow',
      updatedInput: { questions, answers: { 'Which?': 'Two', 'What else?': 'A, C too' } },
    });
  });

  test('asks what an MCP server wants as a form, says beside a field what is wrong, and sends values', async () => {
    const { page, host } = await open();
    const asked = {
      mcp_server_name: 'maps\u202e',
      message: '**Which** trail?\u200b',
      mode: 'form' as const,
      property_order: ['mail', 'length', 'loop', 'level'],
      requested_schema: {
        type: 'object',
        properties: {
          mail: { type: 'string', format: 'email', title: 'Mail', description: 'Yours' },
          length: { type: 'integer', title: 'Length', minimum: 1 },
          loop: { type: 'boolean', title: 'Loop' },
          level: { type: 'string', title: 'Level', enum: ['1', '2'], enumNames: ['Easy', 'Hard'] },
          season: { type: 'array', title: 'Season', items: { enum: ['Spring', 'Autumn'] } },
        },
        required: ['mail'],
      },
    };
    const answer = host.elicit(asked);
    const card = page.getByRole('group', { name: 'Request of an MCP server' });
    await card.getByText('**Which** trail?⟨U+200B⟩', { exact }).waitFor();
    await card.getByRole('heading', { name: 'The MCP server “maps⟨U+202E⟩” asks you' }).waitFor();
    const mail = card.getByRole('textbox', { name: 'Mail' });
    expect(await mail.getAttribute('aria-required')).toBe('true');
    await card.getByRole('textbox', { name: 'Length (optional)' }).fill('0');
    await card.getByRole('textbox', { name: 'Length (optional)' }).press('Enter');
    await card.getByText('This is needed.').waitFor();
    expect(await mail.evaluate((field) => document.activeElement === field)).toBe(true);
    expect(await mail.getAttribute('aria-invalid')).toBe('true');
    expect(await mail.evaluate(describedBy)).toEqual(['Yours', 'This is needed.']);
    await mail.fill('sam@example.com');
    await card.getByRole('textbox', { name: 'Length (optional)' }).fill('12');
    expect(await card.getByRole('alert').count()).toBe(0);
    await card.getByRole('checkbox', { name: 'Loop' }).click();
    await card.getByRole('combobox', { name: 'Level (optional)' }).selectOption('Hard');
    await card.getByRole('group', { name: 'Season' }).getByRole('checkbox', { name: 'Autumn' }).click();
    await press(card.getByRole('button', { name: 'Submit' }), async () => (await card.count()) === 0);
    expect(await answer).toEqual({
      action: 'accept',
      content: { mail: 'sam@example.com', length: 12, loop: true, level: '2', season: ['Autumn'] },
    });
  });

  test('of an MCP server can be declined, cancelled, or taken back', async () => {
    const { page, host } = await open();
    const asked = { mcp_server_name: 'maps', message: 'Which?', mode: 'form' as const };
    const card = page.getByRole('group', { name: 'Request of an MCP server' });
    for (const [button, action] of [
      ['Decline', 'decline'],
      ['Cancel', 'cancel'],
    ] as const) {
      const answer = host.elicit(asked);
      await card.getByRole('button', { name: button }).click();
      expect(await answer).toEqual({ action });
    }
    const call = new AbortController();
    const answer = host.elicit(asked, call.signal);
    await card.waitFor();
    call.abort(new Error('the call is over'));
    await expect(answer).rejects.toThrow('the call is over');
    await card.waitFor({ state: 'detached' });
  });

  test('shows where a page of an MCP server leads, and agrees to it only when a person says so', async () => {
    const { page, host } = await open();
    const url = 'http://bank.example@xn--bnk-5cd.example/in?a=1';
    const answer = host.elicit({ mcp_server_name: 'maps', message: 'Sign in', mode: 'url', url });
    const card = page.getByRole('group', { name: 'Request of an MCP server' });
    await card.getByText(url, { exact }).waitFor();
    await card.getByText('xn--bnk-5cd.example', { exact }).waitFor();
    await card.getByText('The connection to it is not encrypted.').waitFor();
    await card.getByText('Its name has letters that can look like others.').waitFor();
    expect(await card.getByRole('link').count()).toBe(0);
    await press(card.getByRole('button', { name: 'Open page' }), async () => (await card.count()) === 0);
    expect(await answer).toEqual({ action: 'accept' });
    host.send(say.systemSays('elicitation_complete', { mcp_server_name: 'maps', elicitation_id: 'e1' }));
    await page.getByText('The MCP server “maps” has what it asked for by a page.').waitFor();
  });

  test('shows all that an MCP server wants to ask the model, and has it asked only when a person says so', async () => {
    const { page, host } = await open();
    const asked = {
      mcp_server_name: 'maps\u202e',
      system_prompt: 'You know **trails**.',
      messages: [
        { role: 'user' as const, content: [{ type: 'text' as const, text: 'Which trail?\u200b' }] },
        { role: 'assistant' as const, content: [{ type: 'text' as const, text: 'How long?' }] },
        { role: 'user' as const, content: [{ type: 'text' as const, text: 'Twelve.\n'.repeat(60) }] },
      ],
      model: 'claude-opus-5-5',
      model_hints: ['small'],
      max_tokens: 2000,
    };
    const answer = host.sample(asked);
    const card = page.getByRole('group', { name: 'Request of an MCP server' });
    await card
      .getByRole('heading', { name: 'The MCP server “maps⟨U+202E⟩” wants to ask the model' })
      .waitFor();
    const textOf = (name: string, place = 0) => card.getByRole('region', { name }).nth(place).textContent();
    expect(await textOf('Instructions')).toContain('You know **trails**.');
    expect(await textOf('Question')).toContain('Which trail?⟨U+200B⟩');
    expect(await textOf('Answer so far')).toContain('How long?');
    await card.getByText(/claude-opus-5-5 answers, in at most 2,000 tokens/).waitFor();
    await card.getByText(/The server would like small\./).waitFor();
    const last = card.getByRole('region', { name: 'Question' }).nth(1);
    await last.getByRole('button', { name: /show all/ }).click();
    expect((await last.textContent())?.match(/Twelve\./g)).toHaveLength(60);
    await press(card.getByRole('button', { name: 'Ask the model' }), async () => (await card.count()) === 0);
    expect(await answer).toEqual({ action: 'accept' });
    const other = host.sample(asked);
    await card.getByRole('button', { name: 'Decline' }).click();
    expect(await other).toEqual({ action: 'decline' });
  });

  test('shows a plan and three ways to go on', async () => {
    const { page, host } = await open();
    const plan = { tool_name: 'ExitPlanMode', tool_use_id: 't3', input: { plan: '# Steps\n\n1. Do it' } };
    const card = page.getByRole('group', { name: 'Permission request' });
    const first = host.askPermission(plan);
    await card.getByRole('heading', { name: 'Steps' }).waitFor();
    await card.getByRole('button', { name: 'Approve and accept edits' }).click();
    expect(await first).toEqual({
      behavior: 'allow',
      updatedInput: plan.input,
      updatedPermissions: [{ type: 'setMode', mode: 'acceptEdits', destination: 'session' }],
    });
    const second = host.askPermission(plan);
    await card.getByRole('button', { name: 'Keep planning' }).click();
    expect(await second).toMatchObject({ behavior: 'deny' });
  });
});

describe('tool cards', () => {
  test('are groups named for their tool, busy while they run', async () => {
    const { page, host } = await open({
      messages: [
        say.userSays('go', 'u1'),
        say.assistantSays('m1', [say.toolUse('t1', 'Bash', { command: 'npm test' })]),
      ],
    });
    const card = page.getByRole('group', { name: 'Tool: Bash' });
    host.send(say.stateIs('running'));
    await soon(() => card.getAttribute('aria-busy')).toBe('true');
    host.send(say.toolRuns('t1', 'Bash', { output: '\u001b[32mpassed\u001b[0m\n', elapsed_time_seconds: 7 }));
    await card.getByText('passed').waitFor();
    await card.getByText('7 s').waitFor();
    host.send(say.toolResult('t1', 'passed'), say.stateIs('idle'));
    await soon(() => card.getAttribute('aria-busy')).toBe('false');
  });

  test('open and close, and stay so after the panel is rebuilt', async () => {
    const messages = [
      say.assistantSays('m1', [
        say.thinking('hmm'),
        say.toolUse('t1', 'Read', { file_path: '/home/sam/trail-notes/a.ts' }),
      ]),
      say.toolResult('t1', 'the content'),
    ];
    const { page, host } = await open({ messages });
    await page.getByRole('button', { name: /Read a\.ts/ }).click();
    await page.getByText('the content').waitFor();
    await page.getByRole('button', { name: 'Thought' }).click();
    await soon(() => host.snapshot.view.open).toEqual({ t1: true, 'thinking:m1:0': true });
    await page.reload();
    await page.getByText('the content').waitFor();
    await page.getByText('hmm').waitFor();
  });

  test('open the file and its diff in the editor', async () => {
    const path = '/home/sam/trail-notes/a.ts';
    const { page, host } = await open({
      messages: [
        say.assistantSays('m1', [
          say.toolUse('t1', 'Edit', { file_path: path, old_string: 'a', new_string: 'b' }),
        ]),
        say.systemSays('belay/checkpoint_created', {
          id: 'c',
          tool_use_id: 't1',
          user_message_id: 'u1',
          origin: 'tool',
          files: [{ path, change: 'modified', insertions: 1, deletions: 1 }],
        }),
        say.toolResult('t1', 'done'),
      ],
    });
    await page.getByRole('button', { name: 'Open diff' }).click();
    expect(await host.untilAsked('belay/file_open')).toMatchObject({ path, diff_since: 'u1' });
  });
});

describe('rewind', () => {
  const messages = [
    say.userSays('Make it so', 'u1'),
    say.assistantSays('m1', [say.text('Made.')]),
    say.turnEnds('r1'),
  ];
  const files = [
    { path: '/home/sam/trail-notes/a.ts', outcome: 'restored' as const, insertions: 1, deletions: 2 },
    {
      path: '/home/sam/trail-notes/b.ts',
      outcome: 'conflicted' as const,
      reason: 'You changed it since.',
      insertions: 0,
      deletions: 0,
    },
  ];
  const answers = {
    rewind_files: async (): Promise<RewindAnswer> => ({ canRewind: true, files }),
    'belay/conversation_rewind': async () => ({ text: 'Make it so' }),
  };

  test('of the files alone goes before an edited message that is run again in a copy of the session', async () => {
    const refused = { isSo: true };
    const { page, host } = await open({
      messages,
      draft: 'Half a thought',
      answers: {
        ...answers,
        'belay/message_edit': async () => {
          if (refused.isSo) throw new Error('The disk is full.');
          return {};
        },
      },
    });
    await page.getByText('Make it so').hover();
    await page.getByRole('button', { name: 'Edit and run again' }).click();
    const editor = page.getByRole('group', { name: 'Edit a message' });
    const box = editor.getByRole('textbox', { name: 'Edit the message' });
    expect(await box.inputValue()).toBe('Make it so');
    await box.fill('Make it better');
    await editor.getByRole('radio', { name: 'Rewind files to before this message' }).click();
    await editor.getByText('1 file goes back. 1 stays as it is: you have changed it, too.').waitFor();
    await box.press('Enter');
    await editor.getByText('The disk is full.').waitFor();
    expect(host.problems.splice(0)).toEqual(['the handler of belay/message_edit failed']);
    expect(await box.inputValue()).toBe('Make it better');
    refused.isSo = false;
    await editor.getByRole('radio', { name: 'Leave files as they are' }).click();
    await editor.getByRole('button', { name: 'Run again' }).click();
    await soon(() => editor.count()).toBe(0);
    const asked = host.asked.filter(({ subtype }) => /^(rewind_files|belay.message_edit)$/.test(subtype));
    const said = {
      user_message_id: 'u1',
      message: { message: { content: [{ type: 'text', text: 'Make it better' }] } },
    };
    expect(asked.map(({ request }) => request)).toMatchObject([
      { user_message_id: 'u1', dry_run: true },
      { user_message_id: 'u1' },
      said,
      said,
    ]);
    expect(await page.getByRole('textbox', { name: 'Message Belay' }).inputValue()).toBe('Half a thought');
  });

  test('shows what would happen, does it, and gives the text back', async () => {
    const { page, host } = await open({ messages, answers });
    await page.getByText('Make it so').hover();
    await page.getByRole('button', { name: 'Rewind to here' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rewind' });
    expect(await dialog.getByRole('radio', { name: 'Code and conversation' }).isChecked()).toBe(true);
    await dialog.getByText('You changed it since.').waitFor();
    const choice = dialog.getByRole('radiogroup', { name: 'What to do with b.ts' });
    expect(await choice.getByRole('radio', { name: 'Keep mine' }).isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Open merge of b.ts' }).click();
    expect(await host.untilAsked('belay/merge_open')).toEqual({
      target: { user_message_id: 'u1' },
      path: '/home/sam/trail-notes/b.ts',
    });
    await dialog.getByRole('button', { name: 'Show changes' }).click();
    expect(await host.untilAsked('belay/rewind_show')).toEqual({ targets: [{ user_message_id: 'u1' }] });
    await choice.getByRole('radio', { name: 'Take back' }).click();
    await dialog.getByRole('button', { name: 'Rewind' }).click();
    await soon(() => dialog.count()).toBe(0);
    const asked = host.asked
      .filter(({ subtype }) => subtype === 'rewind_files')
      .map((entry) => entry.request);
    expect(asked).toEqual([
      { user_message_id: 'u1', dry_run: true },
      { user_message_id: 'u1', resolutions: { '/home/sam/trail-notes/b.ts': 'take' } },
    ]);
    expect(await page.getByRole('textbox', { name: 'Message Belay' }).inputValue()).toBe('Make it so');
    host.send(say.systemSays('belay/conversation_rewound', { user_message_id: 'u1' }));
    await soon(() => page.getByText('Made.').count()).toBe(0);
  });

  test('of code only leaves the conversation alone, and can be cancelled', async () => {
    const { page, host } = await open({ messages, answers });
    host.send({ type: 'system', subtype: 'belay/rewind_ask', user_message_id: 'u1', text: 'Said far above' });
    const dialog = page.getByRole('dialog', { name: 'Rewind' });
    await dialog.getByText('Said far above').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await soon(() => dialog.count()).toBe(0);
    host.send({ type: 'system', subtype: 'belay/rewind_ask', user_message_id: 'u1' });
    await dialog.getByRole('radio', { name: 'Code only' }).click();
    await dialog.getByText('You changed it since.').waitFor();
    await dialog.getByRole('button', { name: 'Rewind' }).click();
    await soon(() => dialog.count()).toBe(0);
    expect(host.asked.some(({ subtype }) => subtype === 'belay/conversation_rewind')).toBe(false);
    host.send(
      { type: 'system', subtype: 'belay/panel_state', state: { ...host.snapshot.state, can_redo: true } },
      say.systemSays('belay/files_rewound', {
        user_message_id: 'u1',
        redo: false,
        restored: ['a.ts'],
        conflicted: [],
        skipped: [],
        can_redo: true,
      }),
    );
    await page.getByRole('button', { name: 'Redo' }).click();
    await soon(() => host.asked.at(-1)?.request).toEqual({ user_message_id: 'u1', redo: true });
  });

  test('of chosen changes goes to each of their points at once, and leaves the conversation', async () => {
    const { page, host } = await open({ messages, answers });
    const targets = [
      { checkpoint_id: 'c2', paths: ['/home/sam/trail-notes/b.ts'] },
      { checkpoint_id: 'c1', paths: ['/home/sam/trail-notes/a.ts'] },
    ];
    host.send({
      ...{ type: 'system', subtype: 'belay/rewind_ask', user_message_id: null },
      ...{ targets, title: '2 checked changes' },
    });
    const dialog = page.getByRole('dialog', { name: 'Rewind' });
    await dialog.getByText('2 checked changes').waitFor();
    expect(await dialog.getByRole('radio', { name: 'Conversation only' }).count()).toBe(0);
    await dialog.getByText('You changed it since.').waitFor();
    await dialog.getByRole('button', { name: 'Rewind', exact }).click();
    await soon(() => dialog.count()).toBe(0);
    const asked = host.asked
      .filter(({ subtype }) => subtype === 'rewind_files')
      .map(({ request }) => request);
    const [first, ...further] = targets;
    expect(asked).toEqual([
      { ...first, further, dry_run: true },
      { ...first, further },
    ]);
    expect(host.asked.some(({ subtype }) => subtype === 'belay/conversation_rewind')).toBe(false);
  });

  test('tells what commands have changed that it cannot take back', async () => {
    const root = '/home/sam/trail-notes';
    const { page, host } = await open({ messages, answers });
    host.send(
      say.systemSays('belay/capture_changed', {
        root: '/home/sam',
        state: 'off',
        reason: 'It is your home.',
      }),
      say.systemSays('belay/capture_changed', {
        root,
        state: 'ready',
        files: 9,
        unkept: [`${root}/big.bin`],
      }),
      { type: 'system', subtype: 'belay/rewind_ask', user_message_id: 'u1' },
    );
    const dialog = page.getByRole('dialog', { name: 'Rewind' });
    await dialog.getByText('In sam only what file tools change can be taken back').waitFor();
    const unkept = dialog.getByRole('list', { name: 'Files that are not kept' });
    expect(await unkept.count()).toBe(0);
    await dialog.getByText('1 file is not kept').click();
    expect(await unkept.getByRole('listitem').allInnerTexts()).toEqual(['big.bin']);
  });

  test('says so when there is nothing to take back', async () => {
    const { page } = await open({ messages });
    await page.getByText('Make it so').hover();
    await page.getByRole('button', { name: 'Rewind to here' }).click();
    await page.getByText('Nothing to take back').waitFor();
    await page.keyboard.press('Escape');
    await soon(() => page.getByRole('dialog').count()).toBe(0);
  });
});

describe('sessions and providers', () => {
  test('a session is found and opened, another is started', async () => {
    const sessions = ['Add GPX import', 'Rename Trail'].map((summary, index) => ({
      sessionId: `s${index}`,
      summary,
      lastModified: index,
    }));
    const { page, host } = await open({ answers: { 'belay/session_list': async () => ({ sessions }) } });
    await page.getByRole('button', { name: 'Sessions' }).click();
    await page.getByRole('textbox', { name: 'Search sessions' }).fill('gpx');
    expect(await page.getByRole('button', { name: /Rename Trail/ }).count()).toBe(0);
    await page.getByRole('button', { name: /^Add GPX import/ }).click();
    expect(await host.untilAsked('belay/session_open')).toMatchObject({ session_id: 's0' });
    await page.getByRole('log', { name: 'Conversation' }).waitFor();
    await page.getByRole('button', { name: 'New session' }).click();
    await soon(() => host.asked.at(-1)?.request).toEqual({ session_id: null });
  });

  test('while a conversation is being read one can write already', async () => {
    const { page, host } = await open();
    Object.assign(host.snapshot, { loading: true });
    host.send({ type: 'system', subtype: 'belay/panel_reset' });
    await page.getByRole('status').filter({ hasText: 'Reading the conversation' }).waitFor();
    const composer = page.getByRole('textbox', { name: 'Message Belay' });
    await composer.click();
    await composer.pressSequentially('half a ');
    Object.assign(host.snapshot, { loading: false, messages: [say.userSays('old words', 'u1')] });
    host.send({ type: 'system', subtype: 'belay/panel_reset' });
    await page.getByText('old words').waitFor();
    await page.keyboard.type('thought');
    expect(await composer.inputValue()).toBe('half a thought');
  });

  test('another session replaces everything', async () => {
    const { page, host } = await open({ messages: [say.userSays('old words', 'u1')] });
    host.snapshot.messages = [say.userSays('new words', 'u2')];
    host.snapshot.view = { draft: 'new draft', scroll: null, open: {} };
    host.snapshot.state.session_id = 'another';
    host.send({ type: 'system', subtype: 'belay/panel_reset' });
    await page.getByText('new words').waitFor();
    expect(await page.getByText('old words').count()).toBe(0);
    expect(await page.getByRole('textbox', { name: 'Message Belay' }).inputValue()).toBe('new draft');
  });

  test('the first start asks where the model comes from, never for a key', async () => {
    const { page, host } = await open({ state: { provider: null } });
    await page.getByRole('button', { name: 'Use a server' }).click();
    await page.getByRole('textbox', { name: 'Base URL' }).fill('http://localhost:8080');
    expect(await page.getByRole('button', { name: 'Connect' }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Model' }).fill('my-model');
    await page.getByRole('button', { name: 'Connect' }).click();
    expect(await host.untilAsked('belay/provider_choose')).toEqual({
      provider: 'local',
      base_url: 'http://localhost:8080',
      model: 'my-model',
    });
    await page.getByRole('button', { name: 'Set API key' }).click();
    await soon(() => host.asked.at(-1)?.request).toEqual({ provider: 'anthropic' });
    expect(await page.locator('input[type=password]').count()).toBe(0);
  });

  test('the offline model is always named, and shows people around', async () => {
    const { page, host } = await open({ state: { provider: 'offline' } });
    await page.getByText('Scripted offline model').waitFor();
    await page.getByRole('button', { name: 'Start the tour' }).click();
    await soon(() => host.sent.length).toBe(1);
    expect(host.sent[0]).toMatchObject({
      message: { content: [{ type: 'text', text: 'Give me the tour' }] },
    });
  });
});

describe('failures', () => {
  test('are alerts with a button for each thing that can be done', async () => {
    const { page, host } = await open({
      messages: [
        say.userSays('go', 'u1'),
        say.turnEnds('r1', {
          subtype: 'error_during_execution',
          is_error: true,
          turn_cost_usd: null,
          failure: {
            kind: 'authentication',
            title: 'The key was refused',
            detail: 'Set another.',
            actions: ['set_key', 'retry'],
          },
        }),
      ],
    });
    const alert = page.getByRole('alert');
    await alert.getByText('The key was refused').waitFor();
    await page.getByText('unknown cost').waitFor();
    await alert.getByRole('button', { name: 'Set API key' }).click();
    expect(await host.untilAsked('belay/failure_act')).toEqual({ action: 'set_key' });
    await alert.getByRole('button', { name: 'Try again' }).click();
    await host.untilAsked('belay/turn_retry');
  });

  test('that are tried again count down, and can be cancelled', async () => {
    const { page, host } = await open();
    host.send(
      say.stateIs('running'),
      say.systemSays('api_retry', {
        attempt: 2,
        max_retries: 10,
        retry_delay_ms: 9_000,
        error_status: 529,
        error: 'overloaded',
      }),
    );
    await page.getByText(/Trying again in [89] s \(2 of 10\)/).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await host.untilAsked('interrupt');
  });
});

describe('the transcript', () => {
  const many = Array.from({ length: 60 }, (_, index) => [
    say.userSays(`Question ${index}`, `u${index}`),
    say.assistantSays(`m${index}`, [say.text(`Answer ${index}\n\n${'Some more words. '.repeat(30)}`)]),
  ]).flat();

  test('follows the end only while the end is in sight', async () => {
    const { page, host } = await open({ messages: many });
    const scroller = page.getByRole('log', { name: 'Conversation' });
    const fromEnd = (): Promise<number> =>
      scroller.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    await soon(fromEnd).toBeLessThan(2);
    host.send(
      say.stateIs('running'),
      say.startReply('m99'),
      say.startBlock(0, say.text('')),
      say.addText(0, 'word '.repeat(400)),
    );
    await page.getByText('word word').waitFor();
    await soon(fromEnd).toBeLessThan(2);
    await scroller.hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole('button', { name: 'Jump to latest' }).waitFor();
    const top = await scroller.evaluate((element) => element.scrollTop);
    host.send(say.addText(0, 'more '.repeat(2000)));
    await page.waitForTimeout(300);
    expect(Math.abs((await scroller.evaluate((element) => element.scrollTop)) - top)).toBeLessThan(2);
    await page.getByRole('button', { name: 'Jump to latest' }).click();
    await soon(fromEnd).toBeLessThan(2);
    expect(await page.getByRole('button', { name: 'Jump to latest' }).count()).toBe(0);
  });

  test('is the only thing that scrolls: the panel around it stays where it is', async () => {
    const { page, host } = await open({
      messages: [...many, say.assistantSays('m98', [say.toolUse('t1', 'Read', { file_path: 'a' })])],
      height: 420,
    });
    void host
      .askPermission({ tool_name: 'Bash', tool_use_id: 't1', input: { command: 'x\n'.repeat(40) } })
      .catch(() => {});
    await page.getByRole('textbox', { name: 'Tell Belay what to do instead' }).focus();
    await page.getByText('Question 1', { exact }).scrollIntoViewIfNeeded();
    const moved = await page.evaluate(() => {
      document.documentElement.scrollTop = 500;
      document.body.scrollTop = 500;
      for (const element of document.querySelectorAll('#root, .panel')) element.scrollTop = 500;
      return ['html', 'body', '#root', '.panel'].filter(
        (name) => document.querySelector(name)?.scrollTop !== 0,
      );
    });
    expect(moved).toEqual([]);
    expect((await page.getByRole('textbox', { name: 'Message Belay' }).boundingBox())?.y).toBeLessThan(420);
  });

  test('comes back to where it was after the panel is rebuilt', async () => {
    const { page, host } = await open({ messages: many });
    const scroller = page.getByRole('log', { name: 'Conversation' });
    await page.getByText('Answer 59').waitFor();
    await page.waitForTimeout(500);
    await page.getByText('Question 30').scrollIntoViewIfNeeded();
    await scroller.hover();
    await page.mouse.wheel(0, 40);
    const saved = (): string => JSON.stringify(host.snapshot.view.scroll);
    await soon(async () => {
      const before = saved();
      await page.waitForTimeout(1_000);
      return before !== 'null' && saved() === before;
    }).toBe(true);
    const place = async (): Promise<number> =>
      Math.round((await page.getByText('Question 30').boundingBox())?.y ?? -1);
    const before = await place();
    await page.reload();
    await page.getByText('Question 30').waitFor();
    await soon(async () => Math.abs((await place()) - before)).toBeLessThan(4);
    await page.waitForTimeout(600);
    expect(Math.abs((await place()) - before)).toBeLessThan(4);
  });

  test('finds words, also far back and across coloured code', async () => {
    const code = '```ts\nconst answer = compareNotes(left);\n```';
    const { page } = await open({ messages: [say.assistantSays('code', [say.text(code)]), ...many] });
    await page.getByRole('textbox', { name: 'Message Belay' }).press('Control+f');
    const field = page.getByRole('textbox', { name: 'Find in conversation' });
    await field.fill('question 1');
    await page.getByText('11 of 11').waitFor();
    await field.press('Enter');
    await page.getByText('1 of 11', { exact }).waitFor();
    await soon(() => page.getByText('Question 1', { exact }).isVisible()).toBe(true);
    await field.fill('answer = compareNotes(');
    await page.getByText('1 of 1', { exact }).waitFor();
    await field.fill('not there');
    await page.getByText('No results').waitFor();
    await field.press('Escape');
    await soon(() => field.count()).toBe(0);
    await soon(() => page.evaluate(() => CSS.highlights.size)).toBe(0);
  });

  test('tells a screen reader of turns that ended and permissions that wait, not of each delta', async () => {
    const { page, host } = await open();
    const polite = page.locator('[aria-live=polite]');
    host.send(
      say.stateIs('running'),
      say.startReply('m1'),
      say.startBlock(0, say.text('')),
      say.addText(0, 'Hello'),
    );
    await page.getByText('Hello').waitFor();
    expect((await polite.textContent())?.trim()).toBe('');
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off');
    host.send(say.assistantSays('m1', [say.text('Hello')]), say.turnEnds('r1'), say.stateIs('idle'));
    await soon(() => polite.textContent()).toContain('Belay has finished.');
    void host
      .askPermission({ tool_name: 'Bash', tool_use_id: 't', input: {}, title: 'Run ls' })
      .catch(() => {});
    await soon(() => polite.textContent()).toContain('Run ls');
  });

  test('links ask the host, and lead nowhere by themselves', async () => {
    const { page, host } = await open({
      messages: [
        say.assistantSays('m1', [say.text('[docs](https://example.com/a) and [code](src/a.ts:12)')]),
      ],
    });
    await page.getByRole('link', { name: 'docs' }).click();
    expect(await host.untilAsked('belay/link_open')).toEqual({ href: 'https://example.com/a' });
    await page.getByRole('link', { name: 'code' }).press('Enter');
    expect(await host.untilAsked('belay/file_open')).toEqual({ path: 'src/a.ts', line: 12 });
  });
});

/** Runs in the page. */
function findFocus(elements: readonly Element[]): number {
  return elements.findIndex((element) => element.matches(':focus'));
}
