/**
 * Proposals that open while the model still writes them, where it is known that they will be asked about. A draft can't be edited; when its
 * question comes it becomes the proposal, and when none comes it goes.
 */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import type { Uri } from 'vscode';
import type { Log } from '../../core/ports.ts';
import { type ConversationMessage, parseConversationMessage } from '../../protocol/messages.ts';
import type { SessionHost } from '../sessionHost.ts';
import { toEndedCalls } from './endedCalls.ts';
import { closeTabs, type ProposalFiles } from './proposalFiles.ts';
import { applyWritten, findWrittenPath, type WrittenCall, WrittenCalls } from './writtenCalls.ts';

export interface DraftsDeps {
  readonly files: ProposalFiles;
  readonly isShownByItself: () => boolean;
  /** Absolute; undefined: it is none. */
  readonly resolvePath: (given: string) => string | undefined;
  /** Something is proposed for this file already. */
  readonly isTaken: (path: string) => boolean;
  readonly show: (draft: ShownDraft) => Promise<void>;
  /** As `ProposalsDeps.readText`. */
  readonly readText: (path: string) => Promise<string | null>;
  readonly log: Log;
}

export interface ShownDraft {
  readonly path: string;
  readonly left: Uri;
  readonly right: Uri;
  readonly leftText: string | null;
}

interface Draft {
  readonly host: SessionHost;
  readonly toolUseId: string;
  latest: WrittenCall;
  /** undefined: it is still found out whether there is something to show. */
  shown: (ShownDraft & { readonly id: string }) | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  isOver: boolean;
}

/** Milliseconds between two updates of what is shown. */
const DRAW_MS = 100;

export class Drafts {
  readonly #deps: DraftsDeps;
  readonly #drafts = new Map<string, Draft>();
  #count = 0;

  constructor(deps: DraftsDeps) {
    this.#deps = deps;
  }

  watch(host: SessionHost): void {
    const calls = new WrittenCalls();
    host.observe({
      onMessage: (raw) => this.#receive(raw, { host, calls }),
      onChange: () => {
        if (host.state.activity === 'idle') this.#dropAll(host);
      },
      onReset: () => this.#dropAll(host),
    });
  }

  /** The question has come: the draft's documents are those of the proposal from now on. undefined: there is no draft. */
  take(toolUseId: string, path: string): string | undefined {
    const draft = this.#drafts.get(toolUseId);
    if (draft === undefined) return undefined;
    if (draft.shown?.path !== path) {
      this.#drop(draft);
      return undefined;
    }
    this.#end(draft);
    return draft.shown.id;
  }

  #receive(
    raw: unknown,
    { host, calls }: { readonly host: SessionHost; readonly calls: WrittenCalls },
  ): void {
    if (!this.#deps.isShownByItself() || host.state.permissionMode !== 'default') return;
    const message = toRelevant(raw);
    if (message?.type === 'stream_event' && message.parent_tool_use_id === null) {
      const call = calls.push(message.event);
      if (call !== undefined) this.#grow(call, host);
    }
    for (const id of toEndedCalls(raw)) {
      const draft = this.#drafts.get(id);
      if (draft !== undefined) this.#drop(draft);
    }
    if (message?.type === 'system' && message.subtype === 'belay/reply_discarded') this.#dropAll(host);
  }

  #grow(call: WrittenCall, host: SessionHost): void {
    const known = this.#drafts.get(call.id);
    if (known !== undefined) {
      known.latest = call;
      known.timer ??= setTimeout(() => this.#draw(known), DRAW_MS);
      return;
    }
    const given = findWrittenPath(call);
    const path = given === undefined ? undefined : this.#deps.resolvePath(given);
    if (path === undefined || extname(path) === '.ipynb' || this.#deps.isTaken(path)) return;
    const toolUseId = call.id;
    const draft: Draft = { host, toolUseId, latest: call, shown: undefined, timer: undefined, isOver: false };
    this.#drafts.set(toolUseId, draft);
    this.#open(draft, path).catch((error: unknown) => {
      this.#deps.log.warn('a proposal could not be shown while it is written', { path, error });
    });
  }

  async #open(draft: Draft, path: string): Promise<void> {
    const input = { file_path: path, content: '', old_string: '', new_string: '' };
    const { name } = draft.latest;
    const { behavior } = await draft.host.request('belay/permission_explain', { tool_name: name, input });
    if (behavior !== 'ask' || draft.isOver) return;
    const leftText = await this.#deps.readText(path);
    if (draft.isOver || (leftText === null && existsSync(path))) return;
    this.#count += 1;
    const id = `draft-${this.#count}`;
    const { files } = this.#deps;
    const [left, right] = [files.toUri('left', path, id), files.toUri('right', path, id)];
    files.replace(left, leftText ?? '');
    files.replace(right, leftText ?? '');
    files.lock(right, true);
    draft.shown = { id, path, left, right, leftText };
    this.#draw(draft);
    await this.#deps.show(draft.shown);
  }

  #draw(draft: Draft): void {
    draft.timer = undefined;
    if (draft.shown === undefined || draft.isOver) return;
    const text = applyWritten(draft.latest, draft.shown.leftText ?? '');
    if (text !== undefined) this.#deps.files.replace(draft.shown.right, text);
  }

  #dropAll(host: SessionHost): void {
    for (const draft of [...this.#drafts.values()]) if (draft.host === host) this.#drop(draft);
  }

  #drop(draft: Draft): void {
    this.#end(draft);
    const { shown } = draft;
    if (shown === undefined) return;
    const uri = shown.right.toString();
    closeTabs((other) => other.toString() === uri)
      .catch((error: unknown) => this.#deps.log.warn('a draft could not be closed', { error }))
      .finally(() => {
        this.#deps.files.remove(shown.left);
        this.#deps.files.remove(shown.right);
      });
  }

  #end(draft: Draft): void {
    draft.isOver = true;
    clearTimeout(draft.timer);
    this.#drafts.delete(draft.toolUseId);
  }
}

/** Only what is looked at is parsed: most messages are of other kinds. */
function toRelevant(raw: unknown): ConversationMessage | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return undefined;
  if (raw.type !== 'stream_event' && raw.type !== 'system') return undefined;
  const parsed = parseConversationMessage(raw);
  return parsed.kind === 'message' ? parsed.message : undefined;
}
