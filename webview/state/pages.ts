/**
 * The part of a long conversation that the panel holds. The host has all of it and tells it by pages; what is far from the
 * view is forgotten again, with everything that only it needed.
 */
import { toTypedCallId } from '../../src/protocol/typedCommand.ts';
import {
  getThread,
  type Item,
  MAIN_THREAD,
  type PanelModel,
  type Thread,
  type ToolRun,
} from './panelModel.ts';

/** Part of the conversation, as the host tells it (`belay/page_loaded`). */
export interface LoadedPage {
  readonly at: 'start' | 'end' | 'all';
  readonly key: string | null;
  readonly messages: readonly unknown[];
  readonly earlier: boolean;
  readonly later: boolean;
}

/** `read` makes of a model and the page's messages the next model. A page that no longer fits changes nothing. */
export function takePage(
  model: PanelModel,
  page: LoadedPage,
  read: (model: PanelModel) => PanelModel,
): PanelModel {
  const { items } = getThread(model, MAIN_THREAD);
  switch (page.at) {
    case 'all': {
      const empty = { ...model, threads: new Map(), tools: new Map(), hasLater: false };
      const { threads, tools } = read(empty);
      const { earlier: hasEarlier, later: hasLater } = page;
      return { ...model, threads, tools, hasEarlier, hasLater, isStale: false };
    }
    case 'start': {
      if (items[0]?.key !== page.key) return model;
      const empty = { ...model, threads: new Map(), tools: new Map(), hasLater: false };
      return { ...model, ...putBefore(read(empty), model), hasEarlier: page.earlier };
    }
    case 'end': {
      if (items.at(-1)?.key !== page.key) return model;
      const { threads, tools } = read({ ...model, hasLater: false });
      return { ...model, threads, tools, hasLater: page.later };
    }
    default:
      return page.at satisfies never;
  }
}

type Contents = Pick<PanelModel, 'threads' | 'tools'>;

function putBefore(earlier: Contents, later: Contents): Contents {
  const threads = new Map(earlier.threads);
  for (const [id, thread] of later.threads) {
    const before = earlier.threads.get(id)?.items ?? [];
    const known = new Set(thread.items.map(({ key }) => key));
    threads.set(id, { ...thread, items: [...before.filter(({ key }) => !known.has(key)), ...thread.items] });
  }
  // What is known of a call from both is newer in the later part.
  return { threads, tools: new Map([...earlier.tools, ...later.tools]) };
}

/** Forgets all but the last `count` items of the main thread. */
export function trimStart(model: PanelModel, count: number): PanelModel {
  const thread = getThread(model, MAIN_THREAD);
  if (thread.items.length <= count) return model;
  return { ...keepNeeded(model, { ...thread, items: thread.items.slice(-count) }), hasEarlier: true };
}

/** Forgets all but the first `count` items of the main thread, and what is being said. */
export function trimEnd(model: PanelModel, count: number): PanelModel {
  const { items } = getThread(model, MAIN_THREAD);
  if (items.length <= count) return model;
  return { ...keepNeeded(model, { items: items.slice(0, count), live: null }), hasLater: true };
}

/**
 * Forgets an item at an end of what is held that the host doesn't know (a reply that broke off and never came whole): it could not be
 * asked for what lies beyond it.
 */
export function forgetItem(model: PanelModel, key: string): PanelModel {
  const thread = getThread(model, MAIN_THREAD);
  const items = thread.items.filter((item) => item.key !== key);
  return { ...keepNeeded(model, { ...thread, items }), isStale: model.isStale || items.length === 0 };
}

/** With this main thread, and without the calls and subagents that nothing of it leads to. */
function keepNeeded(model: PanelModel, main: Thread): PanelModel {
  const threads = new Map([[MAIN_THREAD, main]]);
  const tools = new Map<string, ToolRun>();
  const visit = ({ items, live }: Thread): void => {
    for (const id of [...items.flatMap(callsOf), ...(live?.reply.blocks ?? []).flatMap(callOf)]) {
      const run = model.tools.get(id);
      if (run !== undefined) tools.set(id, run);
      const thread = model.threads.get(id);
      if (thread === undefined || threads.has(id)) continue;
      threads.set(id, thread);
      visit(thread);
    }
  };
  visit(main);
  return { ...model, threads, tools };
}

function callsOf(item: Item): readonly string[] {
  if (item.kind === 'user' && item.isCommand === true && item.uuid !== null)
    return [toTypedCallId(item.uuid)];
  return item.kind === 'reply' ? item.reply.blocks.flatMap(callOf) : [];
}

function callOf({ block }: { readonly block: { readonly type: string } }): readonly string[] {
  if (block.type !== 'tool_use' || !('id' in block)) return [];
  return [String(block.id)];
}
