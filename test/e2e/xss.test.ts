// Hostile content in the panel inside VS Code, under the policy that is shipped: nothing runs, nothing loads, and nothing is
// posted to the host but what a person has typed and clicked. (panel/xss.test.ts has it in every other place and theme.)

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { root } from '../../scripts/run.mjs';
import { createSampleProject } from '../../scripts/vscode/sample.mts';
import { type ModelServer, startModelServer } from '../support/modelServer/startModelServer.ts';
import { text, toolUse } from '../support/modelServer/steps.ts';
import { type Editor, openEditor } from '../support/vscode/editor.ts';
import { type PanelWatch, type Posted, watchPanel } from '../support/vscode/panelWatch.ts';
import { openChat, type Panel } from './panel.ts';

interface Row {
  readonly id: string;
  readonly markdown: string;
  readonly why: string;
}

const corpus = join(root, 'test', 'fixtures', 'corpora', 'xss.jsonl');
/** The long ones last: what is shown stays, and slows what follows. */
const rows = (await readFile(corpus, 'utf8'))
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row)
  .sort((left, right) => left.markdown.length - right.markdown.length);

/** Rows longer than this are not sent character by character. */
const LONG = 4_000;
/** What a panel says by itself: what it shows, for the case that it is closed. */
const OWN_REQUESTS = ['belay/view_save'];

/** What the frame of VS Code tells of keys, scrolling and the focus, and what the panel has it keep for a reload. */
const OWN_CHANNELS =
  'did-keydown did-keyup did-focus did-blur did-scroll did-scroll-wheel do-update-state'.split(' ');

let model: ModelServer;
let editor: Editor;
/** Opened by the test that comes first. */
let opened: Promise<Opened> | undefined;

beforeAll(async () => {
  model = await startModelServer();
  const folder = await createSampleProject(join(inject('extensionsDir'), '..', `xss-${process.pid}`));
  await mkdir(join(folder, 'rows'));
  for (const { id, markdown } of rows) await writeFile(join(folder, 'rows', `${id}.txt`), markdown);
  const args = [join(root, 'test', 'support', 'mcp', 'hostileServer.mjs'), corpus];
  await writeFile(
    join(folder, '.mcp.json'),
    JSON.stringify({ mcpServers: { '<img src=x onerror=alert(2)>': { command: process.execPath, args } } }),
  );
  const env = { ANTHROPIC_API_KEY: 'test-key', ANTHROPIC_BASE_URL: model.url };
  editor = await openEditor({ extensionsDir: inject('extensionsDir'), folder, env });
});
afterAll(async () => {
  await editor.close();
  await model.close();
});

interface Opened {
  readonly panel: Panel;
  readonly watch: PanelWatch;
}

function opening(): Promise<Opened> {
  opened ??= open();
  return opened;
}

async function open(): Promise<Opened> {
  const panel = await openChat(editor);
  model.script([text('Ready.')]);
  await panel.send('Hello');
  await panel.shows('Ready.');
  await panel.stop.waitFor({ state: 'detached' });
  return { panel, watch: await watchPanel(editor.page, panel.frame) };
}

describe('in the panel inside VS Code', () => {
  test('the watch sees elements, requests, violations and scripts', async () => {
    const { panel, watch } = await opening();
    await panel.frame.evaluate(async () => {
      const image = document.createElement('img');
      image.src = 'https://evil.example/x.png';
      document.querySelector('.transcript-content')?.append(image);
      alert();
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    await editor.page.evaluate(() => fetch('https://evil.example/').catch(() => undefined));
    const problems = (await watch.problems()).join('\n');
    await panel.frame.evaluate(() => {
      document.querySelector('.transcript-content > img')?.remove();
      delete (globalThis as unknown as { __pwned?: unknown }).__pwned;
    });
    for (const kind of ['element: <img', 'executed: alert', 'violation: img-src', 'request: https://evil']) {
      expect(problems).toContain(kind);
    }
    expect(await watch.problems()).toEqual([]);
  });

  test.each(rows)('$id: $why', async ({ id, markdown }) => {
    const { panel, watch } = await opening();
    const plain = markdown.replaceAll('|||', '');
    const long = plain.slice(0, 300);
    model.script(
      [
        ...toPieces(markdown).map((pieces) => text(...pieces)),
        toolUse('Read', { file_path: `rows/${id}.txt` }),
        toolUse(`mcp___img_src_x_onerror_alert_2____${id}`, {}),
        toolUse('Bash', { command: plain, description: long }),
        toolUse('Write', { file_path: long, content: plain }),
      ],
      [text(`Row ${id} is over.`)],
    );
    await panel.send(`Show ${id}`);
    const allowed = await answerCards(id, { panel, watch });
    expect(allowed).toBe(1);
    await openAll(panel);
    expect(await watch.problems()).toEqual([]);
    const posted = await watch.posted();
    expect(JSON.stringify(posted)).toContain(`"text":"Show ${id}"`);
    expect(describePosts(posted)).toEqual([]);
    expect(posted.filter(({ data }) => JSON.stringify(data).includes('"behavior":"allow"'))).toHaveLength(
      allowed,
    );
  });
});

/** Allows the call of the server, whose answer is to be seen, and denies the others. Returns how often it has allowed. */
async function answerCards(id: string, { panel, watch }: Opened): Promise<number> {
  const over = panel.conversation.getByText(`Row ${id} is over.`);
  let allowed = 0;
  for (;;) {
    await over.or(panel.permission).first().waitFor();
    if (await over.isVisible()) return allowed;
    expect(await watch.problems()).toEqual([]);
    if (id === 'X001') await editor.screenshot(`xss-card-${allowed}`);
    const isServer = (await panel.permission.getByText(/onerror=alert\(2\)/).count()) > 0;
    const card = await panel.permission.elementHandle();
    const button = panel.permission.getByRole('button', { name: isServer ? 'Allow' : 'Deny', exact: true });
    await expect
      .poll(
        async () => {
          await button.click({ timeout: 2000 }).catch(() => undefined);
          return card?.evaluate((element) => element.isConnected);
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(false);
    if (isServer) allowed += 1;
  }
}

/** All cards that can be opened, opened. */
async function openAll(panel: Panel): Promise<void> {
  await panel.frame.evaluate(async () => {
    for (const head of document.querySelectorAll<HTMLElement>('.transcript [aria-expanded="false"]'))
      head.click();
    for (const part of document.querySelectorAll('.transcript details')) part.setAttribute('open', '');
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
}

/** What was posted beyond a prompt, an answer to a question, and what the panel says by itself. */
function describePosts(posted: readonly Posted[]): string[] {
  return posted.flatMap(({ channel, data }) => {
    if (OWN_CHANNELS.includes(channel)) return [];
    if (channel !== 'onmessage') return [`${channel}: ${JSON.stringify(data)}`];
    const { message } = data as { readonly message: { readonly batch?: readonly unknown[] } };
    return (message.batch ?? [message])
      .map((message) => JSON.stringify(message))
      .filter((message) => !isExpected(message));
  });
}

function isExpected(message: string): boolean {
  const { type, request, response } = JSON.parse(message);
  if (type === 'user') return /"text":"Show X\d+"/.test(message);
  if (type === 'control_request') return OWN_REQUESTS.includes(request.subtype);
  return type === 'control_response' && ['allow', 'deny'].includes(response?.response?.behavior);
}

/** The text at once, cut small, and cut where the row says. */
function toPieces(markdown: string): readonly (readonly string[])[] {
  const plain = markdown.replaceAll('|||', '');
  const sizes = plain.length > LONG ? [97] : [1, 3, 7];
  const cut = sizes.map((size) => plain.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []);
  return [[plain], ...cut, ...(markdown.includes('|||') ? [markdown.split('|||')] : [])];
}
