/**
 * The changes of files that wait for an answer, one proposal for each file, and what a person does with them in the editor. They
 * come with the questions of the sessions and go with their answers, wherever those are given.
 */
import { existsSync } from 'node:fs';
import { extname, isAbsolute } from 'node:path';
import type { Log } from '../../core/ports.ts';
import type { PanelState } from '../../protocol/panel.ts';
import type { PermissionResult } from '../../protocol/permissions.ts';
import type { PermissionQuestion } from '../pendingPermissions.ts';
import type { SessionHost } from '../sessionHost.ts';
import { toAllowance, toDenial } from './answers.ts';
import { toEndedCalls } from './endedCalls.ts';
import { type AskedCall, Proposal } from './proposal.ts';
import type { ProposalComments } from './proposalComments.ts';
import { closeTabs, type ProposalFiles } from './proposalFiles.ts';

export interface ProposalsDeps {
  readonly files: ProposalFiles;
  readonly comments: () => Pick<ProposalComments, 'count' | 'describe' | 'clear'>;
  /** Whether a proposal is shown without having been asked for. */
  readonly isShownByItself: () => boolean;
  readonly show: (proposal: Proposal, how: { readonly isAsked: boolean }) => Promise<void>;
  /** The id of documents in which the call was shown while it was written; undefined: it was not. */
  readonly takeDraft?: (toolUseId: string, path: string) => string | undefined;
  /** What stands in a file now, lines by "\n"; null: it is not there, or no text. */
  readonly readText: (path: string) => Promise<string | null>;
  /** Something that is shown of a proposal has changed. */
  readonly onChange: () => void;
  readonly log: Log;
}

/** Tools of which a person may change what they write. */
const TOOLS: ReadonlySet<string> = new Set(['Write', 'Edit']);

/** Edited proposals whose question was withdrawn, kept for the case that it is asked again. */
const MOST_KEPT = 20;

export class Proposals {
  readonly #deps: ProposalsDeps;
  readonly #byPath = new Map<string, Proposal>();
  readonly #calls = new Map<PermissionQuestion, AskedCall>();
  /** They touch what another call's proposal touches, so they come when that is answered. */
  readonly #held: AskedCall[] = [];
  readonly #answers = new Map<AskedCall, PermissionResult>();
  /** Allowed calls that have not ended, by their id, where others wait for the same file. */
  readonly #ending = new Map<string, { readonly proposal: Proposal; readonly call: AskedCall }>();
  /** Proposals of which all calls are to be allowed, one after the other. */
  readonly #accepting = new Map<Proposal, string>();
  readonly #withdrawn = new Map<string, { readonly digest: string | undefined; readonly text: string }>();
  #count = 0;

  constructor(deps: ProposalsDeps) {
    this.#deps = deps;
  }

  get all(): readonly Proposal[] {
    return [...this.#byPath.values()];
  }

  find(uri: { toString(): string }): Proposal | undefined {
    const wanted = uri.toString();
    return this.all.find(({ left, right }) => right.toString() === wanted || left.toString() === wanted);
  }

  /** Follows the questions of a session. */
  watch(host: SessionHost): void {
    host.observe({
      onMessage: (message) => {
        for (const id of toEndedCalls(message)) this.#end(id);
      },
      onChange: () => this.#follow(host),
      onReset: () => undefined,
    });
  }

  /** What a panel has answered, with what was done in the editor; undefined: the panel has shown something else than is there. */
  review(question: PermissionQuestion, answer: PermissionResult): PermissionResult | undefined {
    const call = this.#calls.get(question);
    const proposal = call === undefined ? undefined : this.#of(call);
    if (call === undefined || proposal === undefined) return answer;
    const reviewed = this.#withEdits(answer, { call, proposal });
    if (reviewed !== undefined) this.#answers.set(call, reviewed);
    return reviewed;
  }

  /** For the panels of a session. */
  describe(host: SessionHost): NonNullable<PanelState['proposals']> {
    return [...this.#calls.values()].flatMap((call) => {
      const proposal = call.host === host ? this.#of(call) : undefined;
      if (proposal === undefined) return [];
      const change = proposal.isChanged(call)
        ? { change: { before: proposal.leftText, after: proposal.contentOf(call) } }
        : {};
      const comments = this.#deps.comments().count(proposal.right);
      return [{ tool_use_id: call.question.tool_use_id, version: proposal.version, comments, ...change }];
    });
  }

  /** Shows the proposal of a call that waits, to be worked in. False: there is none. */
  async open(toolUseId: string): Promise<boolean> {
    const call = [...this.#calls.values()].find(({ question }) => question.tool_use_id === toolUseId);
    const proposal = call === undefined ? undefined : this.#of(call);
    if (proposal === undefined) return false;
    await this.#deps.show(proposal, { isAsked: true });
    return true;
  }

  /** Allows what is visible of all calls of the file. */
  accept(proposal: Proposal): void {
    const [call] = proposal.calls;
    if (call === undefined || this.#isEnding(proposal)) return;
    if (proposal.calls.length > 1) this.#accepting.set(proposal, proposal.contentOf(call));
    this.#answer(call, toAllowance(proposal, call, this.#note(proposal)));
  }

  reject(proposal: Proposal): void {
    const note = this.#note(proposal);
    for (const call of proposal.calls) this.#answer(call, toDenial(note));
  }

  /** When it was the last one to decide about, the whole file is. */
  toggleHunk(proposal: Proposal, key: string): void {
    const hunk = proposal.hunks.find((other) => other.key === key);
    if (hunk === undefined) return;
    proposal.markAccepted(key, !hunk.isAccepted);
    this.changed(proposal);
    if (proposal.hunks.every(({ isAccepted }) => isAccepted)) this.accept(proposal);
  }

  changed(proposal: Proposal): void {
    proposal.version += 1;
    this.#deps.onChange();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.all.map((proposal) => this.#close(proposal)));
  }

  #follow(host: SessionHost): void {
    const waiting = new Set(host.permissions.waiting());
    for (const call of [...this.#calls.values()]) {
      if (call.host === host && !waiting.has(call.question)) this.#leave(call);
    }
    for (const question of waiting) if (!this.#calls.has(question)) this.#take(host, question);
  }

  #take(host: SessionHost, question: PermissionQuestion): void {
    const call = toCall(host, question);
    if (call === undefined) return;
    this.#calls.set(question, call);
    this.#place(call);
  }

  #place(call: AskedCall): void {
    const path = pathOf(call);
    const there = this.#byPath.get(path);
    if (there === undefined) this.#propose(call, path);
    else void this.#join(there, call);
  }

  #propose(call: AskedCall, path: string): void {
    this.#count += 1;
    const { files, takeDraft } = this.#deps;
    const id = takeDraft?.(call.question.tool_use_id, path) ?? String(this.#count);
    const proposal = new Proposal(call, { path, id, files });
    this.#byPath.set(path, proposal);
    const kept = this.#withdrawn.get(call.question.tool_use_id);
    this.#withdrawn.delete(call.question.tool_use_id);
    if (kept !== undefined && kept.digest === call.question.digest) void proposal.show(kept.text);
    this.changed(proposal);
    if (this.#deps.isShownByItself()) this.#show(proposal);
  }

  async #join(proposal: Proposal, call: AskedCall): Promise<void> {
    const isIn = !this.#isEnding(proposal) && (await proposal.add(call));
    if (!isIn) this.#held.push(call);
    this.changed(proposal);
  }

  #show(proposal: Proposal): void {
    this.#deps.show(proposal, { isAsked: false }).catch((error: unknown) => {
      this.#deps.log.warn('a proposal could not be shown', { path: proposal.path, error });
    });
  }

  /** A call does not wait any more. */
  #leave(call: AskedCall): void {
    this.#calls.delete(call.question);
    const answer = this.#answers.get(call);
    this.#answers.delete(call);
    const held = this.#held.indexOf(call);
    if (held !== -1) this.#held.splice(held, 1);
    const proposal = this.#of(call);
    if (proposal === undefined || !proposal.calls.includes(call)) return;
    if (answer === undefined) this.#keep(proposal, call);
    if (proposal.calls.length === 1) void this.#finish(proposal);
    else if (answer?.behavior === 'allow') this.#ending.set(call.question.tool_use_id, { proposal, call });
    else void proposal.drop(call).then(() => this.#goOn(proposal));
    this.#deps.onChange();
  }

  /** What a person has typed is not lost when the agent asks the same again (the mode or the rules have changed). */
  #keep(proposal: Proposal, { question }: AskedCall): void {
    const text = proposal.visible;
    if (text === proposal.proposed || proposal.calls.length > 1) return;
    this.#withdrawn.set(question.tool_use_id, { digest: question.digest, text });
    const [oldest] = this.#withdrawn.keys();
    if (this.#withdrawn.size > MOST_KEPT && oldest !== undefined) this.#withdrawn.delete(oldest);
  }

  async #finish(proposal: Proposal): Promise<void> {
    this.#byPath.delete(proposal.path);
    await this.#close(proposal);
    const next = this.#held.findIndex((call) => pathOf(call) === proposal.path);
    const [call] = next === -1 ? [] : this.#held.splice(next, 1);
    if (call !== undefined) this.#place(call);
  }

  async #close(proposal: Proposal): Promise<void> {
    const shown = proposal.right.toString();
    this.#deps.comments().clear(proposal.right);
    try {
      await closeTabs((uri) => uri.toString() === shown);
    } catch (error) {
      this.#deps.log.warn('a proposal could not be closed', { path: proposal.path, error });
    }
    proposal.dispose();
  }

  /** An allowed call has written: what else waits for the file stands on that. */
  #end(toolUseId: string): void {
    const ended = this.#ending.get(toolUseId);
    if (ended === undefined) return;
    const { proposal, call } = ended;
    void this.#deps.readText(proposal.path).then(async (text) => {
      await proposal.settle(call, text);
      this.#ending.delete(toolUseId);
      if (this.#accepting.get(proposal) !== text) this.#accepting.delete(proposal);
      this.#goOn(proposal);
    });
  }

  #goOn(proposal: Proposal): void {
    this.changed(proposal);
    if (this.#accepting.delete(proposal)) this.accept(proposal);
  }

  #isEnding(proposal: Proposal): boolean {
    return [...this.#ending.values()].some((ending) => ending.proposal === proposal);
  }

  #of(call: AskedCall): Proposal | undefined {
    return this.#byPath.get(pathOf(call));
  }

  #answer(call: AskedCall, answer: PermissionResult): void {
    this.#answers.set(call, answer);
    call.host.permissions.answer(call.question, answer);
  }

  #note(proposal: Proposal): string {
    return this.#deps.comments().describe(proposal.right, proposal.visible);
  }

  #withEdits(
    answer: PermissionResult,
    { call, proposal }: { readonly call: AskedCall; readonly proposal: Proposal },
  ): PermissionResult | undefined {
    const note = this.#note(proposal);
    if (answer.behavior === 'deny') {
      return note === '' ? answer : { ...answer, message: `${answer.message}\n${note}` };
    }
    if (!proposal.calls.includes(call) || (!proposal.isChanged(call) && note === '')) return answer;
    if (answer.belay_proposal !== proposal.version) return undefined;
    const { updatedPermissions } = answer;
    const allowance = toAllowance(proposal, call, note);
    if (allowance.behavior === 'deny' || updatedPermissions === undefined) return allowance;
    return { ...allowance, updatedPermissions };
  }
}

/** undefined: the call makes no text that could be shown and changed. */
function toCall(host: SessionHost, question: PermissionQuestion): AskedCall | undefined {
  const { preview, tool_name } = question;
  if (!TOOLS.has(tool_name) || preview === undefined || preview.after === null) return undefined;
  const { path, before, after } = preview;
  // VS Code opens notebooks as such, whatever holds them.
  if (!isAbsolute(path) || extname(path) === '.ipynb') return undefined;
  // Something is there that is no text.
  if (before === null && existsSync(path)) return undefined;
  return { host, question, before, after };
}

function pathOf({ question }: AskedCall): string {
  return question.preview?.path ?? '';
}
