// Hostile content, over the built panel with the policy it has in VS Code: nothing runs, nothing loads, nothing is posted,
// whatever way it arrives and wherever it stands.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../../scripts/run.mjs';
import * as say from '../../support/panelHarness/conversation.ts';
import { type Exposure, watchExposure } from '../../support/panelHarness/exposure.ts';
import { createPanelLab, type PanelLab } from '../../support/panelHarness/panelLab.ts';
import type { PanelPage } from '../../support/panelHarness/panelPage.ts';
import type { ThemeName } from '../../support/panelHarness/themes.ts';

interface Row {
  readonly id: string;
  readonly markdown: string;
  readonly why: string;
}

const rows = (await readFile(join(root, 'test', 'fixtures', 'corpora', 'xss.jsonl'), 'utf8'))
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row);

/** Rows longer than this are not sent character by character. */
const LONG = 4_000;
const themes: readonly ThemeName[] = ['dark-modern', 'light-modern', 'high-contrast'];

let lab: PanelLab;
beforeAll(async () => {
  lab = await createPanelLab();
});
afterAll(() => lab.close());

describe.each(themes)('in %s', (theme) => {
  let panel: PanelPage;
  let exposure: Exposure;
  let count = 0;
  let turn = 0;

  beforeAll(async () => {
    panel = await lab.open({
      snapshot: { state: say.buildState(), view: { draft: '', scroll: null, open: {} }, messages: [] },
      theme,
    });
    await panel.page.getByRole('log', { name: 'Conversation' }).waitFor();
    await panel.page.waitForLoadState('networkidle');
    exposure = await watchExposure(panel);
  });
  afterAll(() => panel.close());

  // A fresh conversation for the next row, so that each is judged alone and none slows the others.
  afterEach(async () => {
    panel.host.send(say.systemSays('belay/conversation_rewound', { user_message_id: `u${turn}` }));
    const groups = panel.page.locator('.transcript-content').getByRole('group');
    await expect.poll(() => groups.count()).toBe(0);
  });

  test('the watch sees elements, attributes, requests, scripts and messages', async () => {
    await panel.page.evaluate(async () => {
      const target = document.querySelector('.transcript-content');
      const image = document.createElement('img');
      image.setAttribute('longdesc', 'x');
      image.src = 'https://evil.example/x.png';
      target?.append(image);
      const page = globalThis as unknown as {
        alert(): void;
        belayPosted(data: unknown): void;
        __pwned?: unknown;
      };
      page.alert();
      page.belayPosted({ belay: 1, batch: [{ type: 'user' }] });
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    const problems = (await exposure.take()).join('\n');
    await panel.page.evaluate(() => {
      document.querySelector('.transcript-content > img')?.remove();
      delete (globalThis as unknown as { __pwned?: unknown }).__pwned;
    });
    for (const kind of [
      'executed: alert',
      'element: <img',
      'attribute: longdesc',
      'violation: img-src',
      'sent: {',
    ]) {
      expect(problems).toContain(kind);
    }
    expect(await exposure.take()).toEqual([]);
  });

  test.each(rows)('$id: $why', async ({ markdown }) => {
    turn += 1;
    panel.host.send(say.userSays(markdown, `u${turn}`));
    for (const pieces of toPieces(markdown)) await stream(pieces);
    await showEverywhere(markdown.replaceAll('|||', ''));
    expect(await exposure.take()).toEqual([]);
  });

  async function stream(pieces: readonly string[]): Promise<void> {
    count += 1;
    const id = `m${count}`;
    panel.host.send(say.stateIs('running'), say.startReply(id), say.startBlock(0, say.text('')));
    for (const piece of pieces) panel.host.send(say.addText(0, piece));
    panel.host.send(say.endBlock(0), say.assistantSays(id, [say.text(pieces.join(''))]), say.stateIs('idle'));
    await settle();
  }

  /** In every other place where words of others are drawn. */
  async function showEverywhere(text: string): Promise<void> {
    count += 1;
    const id = `x${count}`;
    const input = {
      command: text,
      description: text,
      file_path: text,
      old_string: '',
      new_string: text,
      todos: [{ content: text, status: 'pending' }],
    };
    const names = ['Bash', 'Edit', 'Write', 'Read', 'TodoWrite', 'WebFetch', 'Agent', text.slice(0, 100)];
    panel.host.send(
      say.assistantSays(id, [
        say.thinking(text),
        ...names.map((name, index) =>
          say.toolUse(`${id}-${index}`, name, { ...input, content: text, url: text, prompt: text }),
        ),
        { type: text.slice(0, 60) || 'x', payload: text },
      ]),
      ...names.map((_, index) => say.toolResult(`${id}-${index}`, text, { is_error: index % 2 === 0 })),
      say.toolRuns(`${id}-0`, 'Bash', { output: text, title: text }),
      say.systemSays('informational', { content: text, level: 'warning' }),
      say.turnEnds(`r${count}`, {
        is_error: true,
        failure: { kind: 'server', title: text, detail: text, actions: [] },
      }),
    );
    const closed = new AbortController();
    const asked = panel.host
      .askPermission(
        {
          tool_name: text,
          tool_use_id: `${id}-0`,
          input,
          title: text,
          description: text,
          decision_reason: text,
          preview: { path: text, before: '', after: text },
        },
        closed.signal,
      )
      .catch(() => {});
    await panel.page.getByRole('group', { name: 'Permission request' }).waitFor();
    const cards = panel.page.getByRole('log').getByRole('group', { name: /^Tool: / });
    await expect.poll(() => cards.count()).toBe(names.length);
    closed.abort();
    await asked;
    // All cards that can be opened, opened.
    await panel.page.evaluate(() => {
      for (const head of document.querySelectorAll<HTMLElement>('.transcript [aria-expanded="false"]'))
        head.click();
      for (const part of document.querySelectorAll('.transcript details')) part.setAttribute('open', '');
    });
    await settle();
  }

  function settle(): Promise<void> {
    return panel.page.evaluate(
      () =>
        new Promise<void>((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))),
        ),
    );
  }
});

/** The text at once, cut small, and cut where the row says. */
function toPieces(markdown: string): readonly (readonly string[])[] {
  const text = markdown.replaceAll('|||', '');
  const sizes = text.length > LONG ? [97] : [1, 3, 7];
  const cut = sizes.map((size) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []);
  return [[text], ...cut, ...(markdown.includes('|||') ? [markdown.split('|||')] : [])];
}
