/**
 * A model being changed by one batch of messages. Maps and lists are copied on the first write of the batch, so a batch
 * of any size costs one copy, and what was handed out before stays as it was.
 */
import type { Item, PanelModel, Thread, ToolRun } from './panelModel.ts';
import { EMPTY_TOOL_RUN, getThread, MAIN_THREAD } from './panelModel.ts';

export class Draft {
  readonly #base: PanelModel;
  #changes: Partial<PanelModel> = {};
  #threads: Map<string, Thread> | undefined;
  #tools: Map<string, ToolRun> | undefined;
  /** Lists made by this batch, which nobody else holds yet. */
  readonly #ownLists = new Set<readonly Item[]>();

  constructor(base: PanelModel) {
    this.#base = base;
  }

  get<Key extends keyof PanelModel>(key: Key): PanelModel[Key] {
    return (Object.hasOwn(this.#changes, key) ? this.#changes[key] : this.#base[key]) as PanelModel[Key];
  }

  set(changes: Partial<Omit<PanelModel, 'threads' | 'tools'>>): void {
    Object.assign(this.#changes, changes);
  }

  thread(id: string): Thread {
    return getThread({ threads: this.#threads ?? this.#base.threads }, id);
  }

  setThread(id: string, thread: Thread): void {
    this.#threads ??= new Map(this.#base.threads);
    this.#threads.set(id, thread);
  }

  append(id: string, item: Item): void {
    // Its place is below what is held: it comes with the page it is on.
    if (id === MAIN_THREAD && this.get('hasLater')) return;
    const thread = this.thread(id);
    if (this.#ownLists.has(thread.items)) {
      (thread.items as Item[]).push(item);
      return;
    }
    const items = [...thread.items, item];
    this.#ownLists.add(items);
    this.setThread(id, { ...thread, items });
  }

  replace(id: string, index: number, item: Item): void {
    const thread = this.thread(id);
    this.setThread(id, { ...thread, items: thread.items.with(index, item) });
  }

  tool(id: string): ToolRun {
    return (this.#tools ?? this.#base.tools).get(id) ?? EMPTY_TOOL_RUN;
  }

  changeTool(id: string, changes: Partial<ToolRun>): void {
    this.#tools ??= new Map(this.#base.tools);
    this.#tools.set(id, { ...this.tool(id), ...changes });
  }

  finish(): PanelModel {
    const next = { ...this.#base, ...this.#changes };
    if (this.#threads !== undefined) next.threads = this.#threads;
    if (this.#tools !== undefined) next.tools = this.#tools;
    return next;
  }
}
