/** Watches a panel for what hostile content could make it do: load, run, post, or draw what it must not. */
import type { Frame, Page } from 'playwright-core';
import type { PanelPage } from './panelPage.ts';

export interface Exposure {
  /** Everything that went wrong since the last call, in words. Empty is good. */
  take(): Promise<string[]>;
}

/** Elements that conversation content may become. */
const ALLOWED_ELEMENTS = new Set(
  (
    'div span p br hr h2 ul ol li strong em del code pre blockquote section table thead tbody tr th td button details summary ' +
    'vscode-button vscode-text-field svg circle'
  ).split(' '),
);
/** Attributes they may have; `aria-…` and `data-key` besides. */
const ALLOWED_ATTRIBUTES = new Set(
  (
    'class role tabindex title start type disabled open hidden appearance current-value placeholder value viewbox width height ' +
    'cx cy r stroke-dasharray transform style'
  ).split(' '),
);

/** Call before the first hostile content is shown. */
export async function watchExposure({ page, host, violations }: PanelPage): Promise<Exposure> {
  const problems: string[] = [];
  page.on('request', (request) => problems.push(`request: ${request.url().slice(0, 200)}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('framenavigated', (frame) => problems.push(`navigation: ${frame.url()}`));
  page.on('popup', () => problems.push('popup'));
  await layCanaries(page);
  let asked = host.asked.length;
  let sent = host.sent.length;
  let violated = (await violations()).length;
  return {
    async take() {
      const now = await violations();
      problems.push(...now.slice(violated).map((violation) => `violation: ${violation}`));
      // The panel may remember its own view: drafts, scroll and open cards.
      const requests = host.asked.slice(asked).filter(({ subtype }) => subtype !== 'belay/view_save');
      problems.push(
        ...requests.map(({ subtype, request }) => `asked: ${subtype} ${JSON.stringify(request)}`),
      );
      problems.push(...host.sent.slice(sent).map((message) => `sent: ${JSON.stringify(message)}`));
      problems.push(...(await findForbiddenIn(page)));
      asked = host.asked.length;
      sent = host.sent.length;
      violated = now.length;
      return problems.splice(0);
    },
  };
}

/** What conversation content has become in a panel that it must not, or has run. */
export function findForbiddenIn(panel: Page | Frame): Promise<string[]> {
  return panel.evaluate(findForbidden, [[...ALLOWED_ELEMENTS], [...ALLOWED_ATTRIBUTES]]);
}

/** Makes what scripts could do to a person leave a trace that `findForbiddenIn` sees. */
export function layCanaries(panel: Page | Frame): Promise<void> {
  return panel.evaluate(() => {
    const canary = globalThis as unknown as Record<string, unknown>;
    for (const name of ['alert', 'confirm', 'prompt', 'open']) {
      canary[name] = () => {
        canary.__pwned = name;
      };
    }
  });
}

/** Runs in the page. */
function findForbidden([elements, attributes]: (readonly string[])[]): string[] {
  const found: string[] = [];
  const canary = (globalThis as unknown as { __pwned?: unknown }).__pwned;
  if (canary !== undefined) found.push(`executed: ${String(canary)}`);
  const scope = document.querySelectorAll('.transcript-content *, .request *');
  for (const element of scope) {
    const tag = element.tagName.toLowerCase();
    if (elements?.includes(tag) !== true) found.push(`element: ${element.outerHTML.slice(0, 200)}`);
    for (const { name, value } of element.attributes) {
      const isKnown =
        attributes?.includes(name.toLowerCase()) === true || name.startsWith('aria-') || name === 'data-key';
      if (!isKnown) found.push(`attribute: ${name}="${value.slice(0, 100)}" on ${tag}`);
      if (name === 'style' && /url|expression|position/i.test(value)) found.push(`style: ${value}`);
    }
  }
  return found;
}
