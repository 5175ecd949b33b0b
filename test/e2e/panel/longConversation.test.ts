// A conversation that is longer than what the panel holds: reading it, finding in it, and going on with it.

import { expect, test } from 'vitest';
import {
  assistantSays,
  buildState,
  stateIs,
  text,
  userSays,
} from '../../support/panelHarness/conversation.ts';
import { buildLongConversation } from '../../support/panelHarness/longConversation.ts';
import {
  createPagedConversation,
  type PagedConversation,
} from '../../support/panelHarness/pagedConversation.ts';
import type { PanelPage } from '../../support/panelHarness/panelPage.ts';
import type { Snapshot } from '../../support/panelHarness/scriptedHost.ts';
import { setUpPanels } from './panels.ts';

const openPanel = setUpPanels();

/** Each has nine messages and five items. */
const TURNS = 240;
const LENGTH = TURNS * 9;
/** The panel may hold this many turns, and what is just being read on. */
const MOST_TURNS = 80;

interface Opened extends PanelPage {
  readonly conversation: PagedConversation;
  readonly snapshot: Snapshot;
}

async function open(scroll: Snapshot['view']['scroll'] = null): Promise<Opened> {
  const snapshot: Snapshot = { state: buildState(), view: { draft: '', scroll, open: {} }, messages: [] };
  const conversation = createPagedConversation(snapshot, buildLongConversation(LENGTH));
  const panel = await openPanel({ snapshot, answers: conversation.answers, height: 700 });
  conversation.attach(panel.host);
  await panel.page.getByRole('button', { name: 'New session' }).waitFor();
  return { ...panel, conversation, snapshot };
}

const soon = <T>(look: () => T) => expect.poll(look, { timeout: 20_000, interval: 20 });

/** Numbers of the turns whose prompts are drawn, in order. */
function shownTurns({ page }: PanelPage): Promise<number[]> {
  return page
    .locator('.user-message')
    .evaluateAll((elements) =>
      elements.map((element) => Number(/part (\d+)/.exec(element.textContent ?? '')?.[1])),
    );
}

function scrollTo({ page }: PanelPage, place: 'start' | 'end'): Promise<void> {
  return page.getByRole('log', { name: 'Conversation' }).evaluate((element, where) => {
    element.scrollTop = where === 'start' ? 0 : element.scrollHeight;
  }, place);
}

/** Text of the prompt nearest to the top of the view, and where it is. */
function readPlace({ page }: PanelPage): Promise<{ readonly turn: string; readonly top: number }> {
  return page.getByRole('log', { name: 'Conversation' }).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const found = [...scroller.querySelectorAll('.user-message')].find(
      (element) => element.getBoundingClientRect().bottom > top,
    );
    return {
      turn: found?.textContent ?? '',
      top: Math.round((found?.getBoundingClientRect().top ?? 0) - top),
    };
  });
}

/** The place, when what is drawn as it comes into sight no longer moves it. */
async function settle(panel: PanelPage): ReturnType<typeof readPlace> {
  let place = await readPlace(panel);
  let still = 0;
  await soon(async () => {
    const next = await readPlace(panel);
    still = next.turn === place.turn && next.top === place.top ? still + 1 : 0;
    place = next;
    return still;
  }).toBeGreaterThanOrEqual(5);
  return place;
}

test('is read back to its first word and forth again, and only what is near is held', async () => {
  const panel = await open();
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(TURNS - 1);
  expect((await shownTurns(panel)).length).toBeLessThan(MOST_TURNS);
  const seen = new Set<number>();
  const read = async (place: 'start' | 'end', until: number): Promise<void> => {
    await soon(async () => {
      await scrollTo(panel, place);
      const turns = await shownTurns(panel);
      for (const turn of turns) seen.add(turn);
      expect(turns).toEqual(turns.map((_, index) => (turns[0] ?? 0) + index));
      expect(turns.length).toBeLessThan(MOST_TURNS);
      return turns.includes(until);
    }).toBe(true);
  };
  await read('start', 0);
  expect(seen.size).toBe(TURNS);
  await panel.page.getByText('Please look at part 0 ').waitFor();
  await read('end', TURNS - 1);
});

test('stays where the reader is while more comes above and below', async () => {
  const panel = await open();
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(TURNS - 1);
  const log = panel.page.getByRole('log', { name: 'Conversation' });
  await log.hover();
  const first = async (): Promise<number> => (await shownTurns(panel))[0] ?? -1;
  const before = await first();
  await soon(async () => {
    await panel.page.mouse.wheel(0, -400);
    return first();
  }).toBeLessThan(before);
  const place = await settle(panel);
  const held = await first();
  for (let count = 0; count < 60; count += 1) {
    panel.conversation.say(userSays(`And part ${TURNS + count}`, `more-${count}`));
    panel.conversation.say(assistantSays(`more-reply-${count}`, [text(`Said ${count}.`)]));
  }
  // What comes last shows that all of it has come.
  panel.conversation.say(stateIs('running'));
  await panel.page.getByRole('button', { name: 'Stop' }).waitFor();
  const after = await settle(panel);
  expect(after.turn).toBe(place.turn);
  expect(Math.abs(after.top - place.top)).toBeLessThan(3);
  expect(await first()).toBeLessThanOrEqual(held);
});

test('shows what a person says, and its answer, wherever they were reading', async () => {
  const panel = await open({ anchor: 'user:u-40', offset: 0 });
  await panel.page.getByText('Please look at part 40 ').waitFor();
  expect((await shownTurns(panel)).includes(TURNS - 1)).toBe(false);
  const place = await readPlace(panel);
  expect(place.turn).toContain('part 40 ');
  // What is said meanwhile is not put below another part of the conversation.
  panel.conversation.say(assistantSays('meanwhile', [text('Said meanwhile.')]), stateIs('running'));
  await panel.page.getByRole('button', { name: 'Stop' }).waitFor();
  expect(await panel.page.getByText('Said meanwhile.').count()).toBe(0);
  await panel.page.getByRole('textbox', { name: 'Message Belay' }).fill('Now what?');
  await panel.page.keyboard.press('Enter');
  await panel.page.getByText('Said meanwhile.').waitFor();
  expect((await shownTurns(panel)).includes(TURNS - 1)).toBe(true);
  await soon(() =>
    panel.page
      .getByRole('log', { name: 'Conversation' })
      .evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight),
  ).toBeLessThan(30);
  expect(await panel.page.getByRole('button', { name: 'Jump to latest' }).count()).toBe(0);
});

test('is searched whole, and every place is gone to, also those that are not held', async () => {
  const panel = await open();
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(TURNS - 1);
  await panel.page.keyboard.press('Control+f');
  const field = panel.page.getByRole('textbox', { name: 'Find in conversation' });
  await field.fill('look at part 1');
  // 1, 10 to 19, and 100 to 199.
  const count = panel.page.locator('.find-count');
  await soon(() => count.textContent()).toBe('111 of 111');
  await soon(() => readCurrent(panel)).toContain('part 199 ');
  await field.press('Shift+Enter');
  await soon(() => count.textContent()).toBe('110 of 111');
  await soon(() => readCurrent(panel)).toContain('part 198 ');
  await field.press('Enter');
  await field.press('Enter');
  await soon(() => count.textContent()).toBe('1 of 111');
  await soon(() => readCurrent(panel)).toContain('part 1 ');
  await field.press('Shift+Enter');
  await soon(() => count.textContent()).toBe('111 of 111');
});

/** The item in which the current match stands. */
function readCurrent({ page }: PanelPage): Promise<string> {
  return page.evaluate(() => {
    const [range] = CSS.highlights.get('belay-find-current') ?? [];
    const node = range instanceof Range ? range.startContainer.parentElement : null;
    return node?.closest('[data-key]')?.textContent ?? '';
  });
}

test('is gone through by the messages of the person, with keys', async () => {
  const panel = await open();
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(TURNS - 1);
  const held = (await shownTurns(panel))[0] ?? 0;
  const goTo = async (turn: number, key: string): Promise<void> => {
    await soon(async () => {
      const place = await readPlace(panel);
      if (place.turn.includes(`part ${turn} `) && Math.abs(place.top) <= 4) return true;
      await panel.page.keyboard.press(key);
      return false;
    }).toBe(true);
  };
  // Past the first of those that are held: the others come.
  await goTo(held - 2, 'Alt+ArrowUp');
  await goTo(held + 1, 'Alt+ArrowDown');
});

test('begins with a message that was rewound to and is not held', async () => {
  const panel = await open();
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(TURNS - 1);
  panel.conversation.say({
    type: 'system',
    subtype: 'belay/conversation_rewound',
    uuid: 'rewound',
    session_id: panel.snapshot.state.session_id,
    user_message_id: 'u-100',
  });
  await soon(async () => (await shownTurns(panel)).at(-1)).toBe(99);
});
