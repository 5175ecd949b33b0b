// The list of sessions as a person and a screen reader find it.

import { expect, test } from 'vitest';
import type { PanelState, SessionInfo } from '../../../src/protocol/panel.ts';
import { buildState } from '../../support/panelHarness/conversation.ts';
import type { PanelPage } from '../../support/panelHarness/panelPage.ts';
import type { Answers } from '../../support/panelHarness/scriptedHost.ts';
import { setUpPanels } from './panels.ts';

const openPanel = setUpPanels();
const exact = true;

interface Start {
  readonly sessions: SessionInfo[];
  readonly state?: Partial<PanelState>;
  readonly answers?: Partial<Answers>;
}

/** Opens the list. What is done to the sessions is done to `sessions`. */
async function open({ sessions, state = {}, answers = {} }: Start): Promise<PanelPage> {
  const snapshot = { state: buildState(state), view: { draft: '', scroll: null, open: {} }, messages: [] };
  const change = (id: string, changes: Partial<SessionInfo>): Record<string, never> => {
    const index = sessions.findIndex(({ sessionId }) => sessionId === id);
    const session = sessions[index];
    if (session !== undefined) sessions[index] = { ...session, ...changes };
    return {};
  };
  const panel = await openPanel({
    snapshot,
    height: 700,
    answers: {
      'belay/session_list': async () => ({ sessions: [...sessions] }),
      'belay/session_rename': async ({ session_id, title }) =>
        change(session_id, { summary: title, customTitle: title }),
      'belay/session_tag': async ({ session_id, tag }) => change(session_id, { tag }),
      ...answers,
    },
  });
  await panel.page.getByRole('button', { name: 'Sessions' }).click();
  await panel.page.getByRole('list', { name: 'Sessions' }).waitFor();
  return panel;
}

function listed(...infos: readonly Partial<SessionInfo>[]): SessionInfo[] {
  return infos.map((info, index) => ({
    sessionId: `s${index}`,
    summary: `Session ${index}`,
    lastModified: 1000 - index,
    ...info,
  })) as SessionInfo[];
}

test('each session says how it stands, and what is wrong with it', async () => {
  const sessions = listed(
    { phase: 'done' },
    { phase: 'done' },
    { phase: 'failed', elsewhere: true },
    { problem: 'Nothing in it can be read.' },
  );
  const { page, host } = await open({ sessions, state: { session_phases: { s1: 'running' } } });
  const button = (name: RegExp) => page.getByRole('button', { name });
  await button(/^Done: Session 0/).waitFor();
  await button(/^Running: Session 1/).waitFor();
  await button(/^Failed: Session 2/).waitFor();
  expect(await button(/^Damaged: Session 3/).isDisabled()).toBe(true);
  await page.getByText('Nothing in it can be read.').waitFor();
  await page.getByText('Open in another window or program').waitFor();
  host.send({
    type: 'system',
    subtype: 'belay/panel_state',
    state: buildState({ session_phases: { s1: 'needs_you' } }),
  });
  await button(/^Needs you: Session 1/).waitFor();
});

test('a session is renamed by keyboard, and the focus is where it was', async () => {
  const sessions = listed({}, {});
  const { page, host } = await open({ sessions });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('F2');
  const title = page.getByRole('textbox', { name: 'Title' });
  await title.waitFor();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Routes');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Routes/ }).waitFor();
  expect(await host.untilAsked('belay/session_rename')).toEqual({ session_id: 's1', title: 'Routes' });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Routes');
});

test('tags are added, shown, filtered by and removed', async () => {
  const sessions = listed({}, { tag: 'work' });
  const { page } = await open({ sessions });
  await page.getByRole('button', { name: 'Actions for Session 0' }).click();
  await page.getByRole('button', { name: 'Tags', exact }).click();
  await page.keyboard.type('later');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove the tag later' }).waitFor();
  await page.getByRole('button', { name: 'Done', exact }).click();
  const filter = page.getByRole('group', { name: 'Show only sessions with the tag' });
  await filter.getByRole('button', { name: 'work' }).click();
  expect(await page.getByRole('button', { name: /^Session 0/ }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /^Session 1/ }).count()).toBe(1);
  await page.getByRole('button', { name: 'Actions for Session 1' }).click();
  await page.getByRole('button', { name: 'Tags', exact }).click();
  await page.getByRole('button', { name: 'Remove the tag work' }).click();
  await page.getByRole('button', { name: /^Session 0/ }).waitFor();
  expect(sessions[1]?.tag).toBe('');
});

test('a session is deleted when that was confirmed, and can be brought back', async () => {
  const all = listed({}, {});
  const sessions = [...all];
  const { page, host } = await open({
    sessions,
    answers: {
      'belay/session_delete': async () => {
        sessions.pop();
        return {};
      },
      'belay/session_restore': async () => {
        sessions.push(...all.slice(1));
        return {};
      },
    },
  });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Delete');
  await page.getByText('Delete this session?').waitFor();
  // Enter does nothing that can't be meant.
  await page.keyboard.press('Enter');
  await page.getByText('Delete this session?').waitFor({ state: 'detached' });
  await page.locator('.session:focus').filter({ hasText: 'Session 1' }).waitFor();
  expect(host.asked.some(({ subtype }) => subtype === 'belay/session_delete')).toBe(false);
  expect(host.asked.some(({ subtype }) => subtype === 'belay/session_open')).toBe(false);
  await page.keyboard.press('Delete');
  await page.getByRole('button', { name: 'Delete', exact }).click();
  const list = page.getByRole('region', { name: 'Sessions' });
  await list.getByText('“Session 1” was deleted.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: /^Session 1/ }).waitFor();
  expect(await list.getByText('was deleted').count()).toBe(0);
});

test('what could not be done is said', async () => {
  const { page } = await open({
    sessions: listed({}),
    answers: { 'belay/session_delete': async () => ({ problem: 'It is at work.' }) },
  });
  await page.getByRole('button', { name: 'Actions for Session 0' }).click();
  await page.getByRole('button', { name: 'Delete', exact }).click();
  await page.getByRole('button', { name: 'Delete', exact }).click();
  await page.getByRole('alert').filter({ hasText: 'It is at work.' }).waitFor();
});

test('a session is forked and exported', async () => {
  const { page, host } = await open({ sessions: listed({}) });
  const act = async (name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Actions for Session 0' }).click();
    await page.getByRole('button', { name, exact }).click();
  };
  await act('Export');
  expect(await host.untilAsked('belay/session_export')).toEqual({ session_id: 's0' });
  await act('Fork');
  expect(await host.untilAsked('belay/session_fork')).toEqual({ session_id: 's0' });
});

test('sessions are found by what was said in them, behind those that are called so', async () => {
  const { page, host } = await open({
    sessions: listed({ summary: 'About routes' }, {}, {}),
    answers: { 'belay/session_search': async () => ({ session_ids: ['s0', 's2'], complete: false }) },
  });
  await page.getByRole('textbox', { name: 'Search sessions' }).fill('routes');
  const said = page.getByRole('list', { name: 'Where it was said' });
  await said.getByRole('button', { name: /^Session 2/ }).waitFor();
  expect(await said.getByRole('listitem').count()).toBe(1);
  expect(await page.getByRole('list', { name: 'Sessions' }).getByRole('listitem').count()).toBe(1);
  await page.getByText('The oldest sessions were not looked into.').waitFor();
  expect(await host.untilAsked('belay/session_search')).toEqual({ text: 'routes' });
});

test('a session that runs elsewhere can be forked, not written to', async () => {
  const snapshot = {
    state: buildState({ elsewhere: true, session_id: 's9' }),
    view: { draft: '', scroll: null, open: {} },
    messages: [],
  };
  const { page, host } = await openPanel({ snapshot, height: 700 });
  const note = page.getByRole('group', { name: 'Open elsewhere' });
  await note.getByRole('button', { name: 'Fork' }).click();
  expect(await host.untilAsked('belay/session_fork')).toEqual({ session_id: 's9' });
  expect(await page.getByRole('textbox', { name: 'Message Belay' }).count()).toBe(0);
  host.send({ type: 'system', subtype: 'belay/panel_state', state: buildState({ session_id: 's9' }) });
  await page.getByRole('textbox', { name: 'Message Belay' }).waitFor();
});
