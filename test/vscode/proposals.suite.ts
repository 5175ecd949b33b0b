// Proposals in real documents: what is accepted is what is visible, whatever a person has typed.

import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commands,
  EndOfLine,
  Range,
  type TextDocument,
  TextEdit,
  WorkspaceEdit,
  window,
  workspace,
} from 'vscode';
import { createNodeFileSystem } from '../../src/node/fileSystem.ts';
import type { PermissionResult } from '../../src/protocol/permissions.ts';
import { createPendingPermissions } from '../../src/vscode/pendingPermissions.ts';
import { toAllowance } from '../../src/vscode/proposals/answers.ts';
import type { Proposal } from '../../src/vscode/proposals/proposal.ts';
import { createProposalComments } from '../../src/vscode/proposals/proposalComments.ts';
import { type ProposalFiles, registerProposalFiles } from '../../src/vscode/proposals/proposalFiles.ts';
import { Proposals } from '../../src/vscode/proposals/proposals.ts';
import { createProposalActions } from '../../src/vscode/proposals/reviewProposals.ts';
import { showProposal } from '../../src/vscode/proposals/showProposal.ts';
import type { SessionHost, SessionObserver } from '../../src/vscode/sessionHost.ts';
import type { TestFunction } from './suite.ts';
import { folder, newFile } from './workspaceFiles.ts';

const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const after = 'ONE\ntwo\nthree\nFOUR\nand a half\nfive\nsix\nSEVEN\n';

export default function proposalsSuite(test: TestFunction): void {
  test(
    'the accepted text is the visible text, for random edits of the proposal',
    () =>
      withProposals(async ({ propose, accept }) => {
        const random = createRandom(7);
        let proposed = propose('random-0.txt', before, after);
        for (let run = 1; run <= 500; run += 1) {
          const { proposal, answer } = proposed;
          const [call] = proposal.calls;
          assert.ok(call);
          const edits = 1 + random(3);
          for (let edit = 0; edit < edits; edit += 1) await editRandomly(proposal.right, random);
          if (random(8) === 0) await setEndOfLine(proposal.right, EndOfLine.CRLF);
          if (random(6) === 0) await replaceAll(proposal, random(2) === 0 ? before : after);
          const document = await workspace.openTextDocument(proposal.right);
          const visible = document.getText().replaceAll('\r\n', '\n');
          checkAnswer(toAllowance(proposal, call, ''), visible);
          if (run % 10 !== 0) continue;
          accept(proposal);
          checkAnswer(await answer, visible);
          await document.save();
          proposed = propose(`random-${run}.txt`, before, after);
        }
        await (await workspace.openTextDocument(proposed.proposal.right)).save();
      }),
    120_000,
  );

  test('left stands the file, right the proposal, without the focus; the tab goes with the answer', () =>
    withProposals(async ({ propose, accept, show }) => {
      const path = await newFile('looked-at.txt', 'what a person looks at\n');
      const looked = await window.showTextDocument(await workspace.openTextDocument(path));
      const { proposal, answer } = propose('shown.txt', before, after);
      await show(proposal);
      assert.equal(window.activeTextEditor, looked);
      const left = await workspace.openTextDocument(proposal.left);
      assert.deepEqual([left.getText(), proposal.document?.getText()], [before, after]);
      const edit = new WorkspaceEdit();
      edit.insert(proposal.left, left.positionAt(0), 'x');
      await workspace.applyEdit(edit);
      assert.equal(await left.save().then((saved) => saved && !left.isDirty), false);
      await commands.executeCommand('workbench.action.closeActiveEditor');
      accept(proposal);
      assert.deepEqual(await answer, { behavior: 'allow', digest: 'd', updatedInput: {} });
      await until(() => !isShown(proposal));
    }));

  test('an edited tab that was closed opens with what was typed', () =>
    withProposals(async ({ propose, show, accept }) => {
      const { proposal, answer } = propose('again.txt', null, 'new\n');
      await show(proposal);
      await replaceAll(proposal, 'mine\n');
      await until(() => proposal.visible === 'mine\n');
      await proposal.document?.save();
      await window.tabGroups.close(window.tabGroups.all.flatMap((group) => group.tabs));
      await until(() => !isShown(proposal));
      assert.equal(proposal.visible, 'mine\n');
      await showProposal(proposal, { isAsked: true });
      await until(() => proposal.document?.getText() === 'mine\n');
      accept(proposal);
      const given = await answer;
      assert.ok(given.behavior === 'allow');
      assert.deepEqual(given.belay_accepted, { content: 'mine\n', before: null });
      await until(() => !isShown(proposal));
    }));

  test('a second call stands on top of the first in the same document, and each is answered with its own part', () =>
    withProposals(async ({ propose, accept, end }) => {
      const path = await newFile('both.txt', before);
      const one = propose('both.txt', before, before.replace('one', 'ONE'), 'toolu_1');
      const two = propose('both.txt', before, before.replace('seven', 'SEVEN'), 'toolu_2');
      await until(() => one.proposal.calls.length === 2);
      assert.equal(one.proposal, two.proposal);
      const document = await workspace.openTextDocument(one.proposal.right);
      assert.equal(document.getText(), before.replace('one', 'ONE').replace('seven', 'SEVEN'));
      await replaceAll(one.proposal, before.replace('one', 'One!').replace('seven', 'SEVEN'));
      accept(one.proposal);
      const first = await one.answer;
      assert.ok(first.behavior === 'allow');
      const content = before.replace('one', 'One!');
      assert.deepEqual(first.belay_accepted, { content, before });
      await writeFile(path, content);
      end('toolu_1');
      const second = await two.answer;
      assert.ok(second.behavior === 'allow');
      const merged = content.replace('seven', 'SEVEN');
      assert.deepEqual(second.belay_accepted, { content: merged, before: content, proposed: merged });
      if (document.isDirty) await document.save();
    }));

  test('hunks are accepted and rejected one by one, with the last accepted the file is; all files are answered at once', () =>
    withProposals(async ({ proposals, propose, show }) => {
      const comments = createProposalComments(() => undefined);
      const actions = createProposalActions(proposals, comments);
      const { proposal, answer } = propose('by-hunks.txt', before, after);
      await show(proposal);
      const keyOf = (index: number) => proposal.hunks[index]?.key;
      actions.acceptHunk(proposal.right, keyOf(0));
      await actions.rejectHunk(proposal.right, keyOf(1));
      await until(() => proposal.hunks.length === 2);
      assert.deepEqual(
        proposal.hunks.map(({ isAccepted }) => isAccepted),
        [true, false],
      );
      actions.acceptHunk(proposal.right, keyOf(1));
      const given = await answer;
      assert.ok(given.behavior === 'allow');
      const content = before.replace('one', 'ONE').replace('seven', 'SEVEN');
      assert.deepEqual(given.belay_accepted, { content, before });
      const answerAll = async (all: 'acceptAll' | 'rejectAll') => {
        const both = ['all-1.txt', 'all-2.txt'].map((name, index) =>
          propose(`${all}-${name}`, before, after, `toolu_${all}_${index}`),
        );
        actions[all]();
        return (await Promise.all(both.map((each) => each.answer))).map(({ behavior }) => behavior);
      };
      assert.deepEqual(
        [await answerAll('acceptAll'), await answerAll('rejectAll')],
        [
          ['allow', 'allow'],
          ['deny', 'deny'],
        ],
      );
      comments.dispose();
    }));

  test('one that touches the same lines comes when the first is answered', () =>
    withProposals(async ({ proposals, propose }) => {
      const one = propose('same.txt', before, before.replace('one', 'ONE'), 'toolu_1');
      const two = propose('same.txt', before, before.replace('one', 'Uno'), 'toolu_2');
      await until(() => proposals.all.length === 1);
      proposals.reject(one.proposal);
      assert.equal((await one.answer).behavior, 'deny');
      await until(() => proposals.all[0]?.visible === before.replace('one', 'Uno'));
      const [next] = proposals.all;
      assert.ok(next);
      proposals.reject(next);
      await two.answer;
    }));

  test('what was typed is there again when the same is asked anew', () =>
    withProposals(async ({ propose, withdraw }) => {
      const first = propose('anew.txt', before, after, 'toolu_9');
      await workspace.openTextDocument(first.proposal.right);
      await replaceAll(first.proposal, 'typed\n');
      await until(() => first.proposal.visible === 'typed\n');
      withdraw();
      await first.answer.catch(() => undefined);
      const again = propose('anew.txt', before, after, 'toolu_9');
      assert.equal(again.proposal.visible, 'typed\n');
      withdraw();
      await again.answer.catch(() => undefined);
    }));
}

function checkAnswer(given: PermissionResult, visible: string): void {
  if (visible === before) assert.equal(given.behavior, 'deny');
  else if (visible === after) assert.deepEqual(given, { behavior: 'allow', digest: 'd', updatedInput: {} });
  else {
    assert.ok(given.behavior === 'allow');
    assert.deepEqual(given.belay_accepted, { content: visible, before });
  }
}

interface Proposed {
  readonly proposal: Proposal;
  readonly answer: Promise<PermissionResult>;
}

interface World {
  readonly proposals: Proposals;
  propose(name: string, before: string | null, after: string, toolUseId?: string): Proposed;
  show(proposal: Proposal): Promise<void>;
  accept(proposal: Proposal): void;
  /** The agent says that this call has ended. */
  end(toolUseId: string): void;
  /** The agent takes back all that it has asked. */
  withdraw(): void;
}

async function withProposals(body: (world: World) => Promise<void>): Promise<void> {
  const files: ProposalFiles = registerProposalFiles(SCHEME);
  const disk = createNodeFileSystem({ platform: 'linux' });
  const observers: SessionObserver[] = [];
  const permissions = createPendingPermissions(() => {
    for (const observer of observers) observer.onChange();
  });
  const host = {
    permissions,
    observe: (observer: SessionObserver) => observers.push(observer),
  } as unknown as SessionHost;
  const proposals = new Proposals({
    files,
    comments: () => ({ count: () => 0, describe: () => '', clear: () => undefined }),
    isShownByItself: () => false,
    show: showProposal,
    readText: async (path) => Buffer.from(await disk.readFile(path)).toString('utf8'),
    onChange: () => undefined,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const keeping = workspace.onDidChangeTextDocument(({ document }) => {
    proposals.find(document.uri)?.follow(document);
  });
  proposals.watch(host);
  let asking = new AbortController();
  try {
    await body({
      proposals,
      propose(name, left, right, toolUseId = 'toolu_1') {
        const path = join(folder(), name);
        const answer = permissions.ask(
          {
            tool_name: 'Write',
            input: {},
            tool_use_id: toolUseId,
            digest: 'd',
            preview: { path, before: left, after: right },
          },
          asking.signal,
        );
        const proposal = proposals.all.find((each) => each.path === path);
        assert.ok(proposal);
        return { proposal, answer };
      },
      show: async (proposal) => {
        await showProposal(proposal, { isAsked: false });
        await until(() => isShown(proposal) && proposal.document !== undefined);
      },
      accept: (proposal) => proposals.accept(proposal),
      end(toolUseId) {
        const content = [{ type: 'tool_result', tool_use_id: toolUseId, content: 'done' }];
        const message = { role: 'user', content };
        const ended = { type: 'user', uuid: 'u', session_id: 's', parent_tool_use_id: null, message };
        for (const observer of observers) observer.onMessage(ended);
      },
      withdraw() {
        asking.abort(new Error('withdrawn'));
        asking = new AbortController();
      },
    });
  } finally {
    await proposals.dispose();
    keeping.dispose();
    files.dispose();
    await commands.executeCommand('workbench.action.closeAllEditors');
  }
}

/** The extension that runs beside the tests has the scheme of its own. */
const SCHEME = 'belay-proposal-test';

function isShown({ right }: Proposal): boolean {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => JSON.stringify(input)?.includes(right.authority + right.path) === true);
}

async function replaceAll({ right }: Proposal, text: string): Promise<void> {
  await apply(right, (document, edit) => {
    const end = document.positionAt(document.getText().length);
    edit.replace(right, new Range(document.positionAt(0), end), text);
  });
}

type Uri = Proposal['right'];
type Random = (limit: number) => number;

async function editRandomly(uri: Uri, random: Random): Promise<void> {
  const [at, removed] = [random(1_000), random(3) === 0 ? 1 + random(20) : 0];
  const texts = ['x', '\n', 'two\nthree\n', '😀', '  ', 'ONE', '\r\n'];
  const text = texts[random(texts.length)] ?? '';
  await apply(uri, (document, edit) => {
    const { length } = document.getText();
    const start = at % (length + 1);
    const end = Math.min(length, start + removed);
    edit.replace(uri, new Range(document.positionAt(start), document.positionAt(end)), text);
  });
}

async function setEndOfLine(uri: Uri, eol: EndOfLine): Promise<void> {
  await apply(uri, (_document, edit) => edit.set(uri, [TextEdit.setEndOfLine(eol)]));
}

/** VS Code refuses an edit for a version of the document that is over: it is then made for the present one, as a person would. */
async function apply(uri: Uri, build: (document: TextDocument, edit: WorkspaceEdit) => void): Promise<void> {
  for (;;) {
    const edit = new WorkspaceEdit();
    build(await workspace.openTextDocument(uri), edit);
    if (await workspace.applyEdit(edit)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Mulberry32: the same numbers in each run. */
function createRandom(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
