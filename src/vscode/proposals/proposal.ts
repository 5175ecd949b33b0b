/** One file of which changes are proposed: its two documents, the calls that wait, and what a person has done with it so far. */
import { Range, type TextDocument, TextEdit, type Uri, WorkspaceEdit, workspace } from 'vscode';
import { type CallChange, findOwners, keepParts, mergeChange } from '../../core/proposals/callParts.ts';
import { findHunks, type LineHunk, splitLines } from '../../core/proposals/lineHunks.ts';
import { withLineEnds } from '../documentText.ts';
import type { PermissionQuestion } from '../pendingPermissions.ts';
import type { SessionHost } from '../sessionHost.ts';
import { toTextReplacements } from '../textEdits.ts';
import type { ProposalFiles } from './proposalFiles.ts';

/** A call that waits for an answer. */
export interface AskedCall extends CallChange {
  readonly host: SessionHost;
  readonly question: PermissionQuestion;
}

/** A hunk of what is visible, and what it is known by while a person works on others. */
export interface ShownHunk extends LineHunk {
  readonly key: string;
  readonly isAccepted: boolean;
  /** Index of its call. */
  readonly owner: number;
}

export class Proposal {
  readonly path: string;
  readonly left: Uri;
  readonly right: Uri;
  readonly #files: ProposalFiles;
  /** What stands in the file; null: it is not there. */
  #leftText: string | null;
  #calls: readonly AskedCall[];
  /** The right side before anybody touched it. */
  #proposed: string;
  readonly #accepted = new Set<string>();
  /** What the document is about to show; undefined: it does. */
  #coming: string | undefined;
  /** Grows with everything that is shown. */
  version = 1;

  constructor(call: AskedCall, { path, id, files }: { path: string; id: string; files: ProposalFiles }) {
    this.path = path;
    this.#files = files;
    this.left = files.toUri('left', path, id);
    this.right = files.toUri('right', path, id);
    this.#leftText = call.before;
    this.#calls = [call];
    this.#proposed = call.after;
    files.replace(this.left, call.before ?? '');
    files.replace(this.right, call.after);
    files.lock(this.right, false);
    this.#await(call.after);
  }

  get calls(): readonly AskedCall[] {
    return this.#calls;
  }

  get leftText(): string | null {
    return this.#leftText;
  }

  get proposed(): string {
    return this.#proposed;
  }

  /** What stands on the right at this moment, by "\n". */
  get visible(): string {
    const text = this.#coming ?? this.document?.getText() ?? this.#files.read(this.right) ?? '';
    return text.replaceAll('\r\n', '\n');
  }

  /** The document has changed: from now on it says what is visible, unless it has yet to follow. */
  follow(document: TextDocument): void {
    const text = document.getText();
    if (document.isDirty || text.replaceAll('\r\n', '\n') === this.#coming) this.#coming = undefined;
    if (this.#coming === undefined) this.#files.keep(this.right, text);
  }

  get document(): TextDocument | undefined {
    const wanted = this.right.toString();
    return workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === wanted);
  }

  get hunks(): readonly ShownHunk[] {
    const left = this.#leftText ?? '';
    const right = splitLines(this.visible);
    const hunks = findHunks(splitLines(left), right);
    const owners = this.#calls.length === 1 ? [] : findOwners(hunks, left, this.#calls);
    return hunks.map((hunk, index) => {
      const lines = right.slice(hunk.rightStart, hunk.rightEnd).join('');
      const key = `${hunk.leftStart}-${hunk.leftEnd}:${lines}`;
      return { ...hunk, key, isAccepted: this.#accepted.has(key), owner: owners[index] ?? 0 };
    });
  }

  markAccepted(key: string, isAccepted: boolean): void {
    if (isAccepted) this.#accepted.add(key);
    else this.#accepted.delete(key);
  }

  /** The file with what is visible of this call alone: what is written when it is allowed. */
  contentOf(call: AskedCall): string {
    const index = this.#calls.indexOf(call);
    const sides = { left: this.#leftText ?? '', right: this.visible };
    return keepParts(sides, this.#calls, (owner) => owner === index);
  }

  /** The same of what was proposed, before a person touched it. */
  proposedBy(call: AskedCall): string {
    const index = this.#calls.indexOf(call);
    const sides = { left: this.#leftText ?? '', right: this.#proposed };
    return keepParts(sides, this.#calls, (owner) => owner === index);
  }

  /** Whether what is visible of this call is something else than what it would write by itself. */
  isChanged(call: AskedCall): boolean {
    return call.before !== this.#leftText || this.contentOf(call) !== call.after;
  }

  /** Puts another call's change on top; false: it touches the same lines or was made for another text, and has to wait. */
  async add(call: AskedCall): Promise<boolean> {
    if (call.before !== this.#leftText) return false;
    const proposed = mergeChange(call, this.#proposed);
    const visible = mergeChange(call, this.visible);
    if (proposed === undefined || visible === undefined) return false;
    this.#calls = [...this.#calls, call];
    this.#proposed = proposed;
    await this.show(visible);
    return true;
  }

  /** Takes a call off that was answered with no, or withdrawn: its part goes. */
  async drop(call: AskedCall): Promise<void> {
    const index = this.#calls.indexOf(call);
    if (index === -1) return;
    const left = this.#leftText ?? '';
    const rest = (right: string): string =>
      keepParts({ left, right }, this.#calls, (owner) => owner !== index);
    const [proposed, visible] = [rest(this.#proposed), rest(this.visible)];
    this.#calls = this.#calls.filter((other) => other !== call);
    this.#proposed = proposed;
    if (this.#calls.length > 0) await this.show(visible);
  }

  /** A call was allowed, and this stands in the file now; what waits is on top of it. */
  async settle(call: AskedCall, text: string | null): Promise<void> {
    this.#calls = this.#calls.filter((other) => other !== call);
    this.#leftText = text;
    let proposed: string | undefined = text ?? '';
    for (const waiting of this.#calls) {
      proposed = proposed === undefined ? undefined : mergeChange(waiting, proposed);
    }
    this.#proposed = proposed ?? this.visible;
    this.#files.replace(this.left, text ?? '');
  }

  /** Makes this the right side: through the document where it holds what nobody has saved. */
  async show(text: string): Promise<void> {
    const { document } = this;
    if (document === undefined || !document.isDirty) {
      this.#files.replace(this.right, text);
      this.#await(text);
    } else {
      this.#files.keep(this.right, text);
      await replaceText(document, text);
    }
  }

  #await(text: string): void {
    const now = this.document?.getText().replaceAll('\r\n', '\n');
    this.#coming = now === undefined || now === text ? undefined : text;
  }

  dispose(): void {
    this.#files.remove(this.left);
    this.#files.remove(this.right);
  }
}

/** Changes only what differs, as an edit that Ctrl+Z takes back. */
export async function replaceText(document: TextDocument, text: string): Promise<boolean> {
  const target = withLineEnds(text, document.eol);
  const edits = toTextReplacements(document.getText(), target).map(
    ({ start, end, text: inserted }) =>
      new TextEdit(new Range(document.positionAt(start), document.positionAt(end)), inserted),
  );
  if (edits.length === 0) return true;
  const edit = new WorkspaceEdit();
  edit.set(document.uri, edits);
  return workspace.applyEdit(edit);
}
