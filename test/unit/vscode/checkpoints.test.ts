import { describe, expect, it } from 'vitest';
import {
  changeChecked,
  keepCheckable,
  toCheckedTargets,
} from '../../../src/vscode/checkpoints/checkedFiles.ts';
import {
  type CheckpointItem,
  describeItem,
  filesOf,
  isTakenBack,
  type Listed,
  toCheckpointItems,
  toTarget,
} from '../../../src/vscode/checkpoints/checkpointItems.ts';
import { toFileVersions, toOtherVersions } from '../../../src/vscode/checkpoints/fileVersions.ts';
import { toSessionChanges } from '../../../src/vscode/checkpoints/sessionChanges.ts';
import { StepTitles, toCallTitle } from '../../../src/vscode/checkpoints/stepTitles.ts';
import { assistant, prompt } from './messages.ts';

const NOTES = '/w/notes.ts';
const LIST = '/w/src/list.ts';

describe('the titles of steps', () => {
  it('are the first words of a message, and what a call is about', () => {
    const titles = new StepTitles();
    titles.add(prompt('u1', '  Sort the\nnotes  '));
    titles.add(prompt('u2', 'x'.repeat(200)));
    const reply = assistant('m1', 'Done.');
    const call = { type: 'tool_use' as const, id: 't1', name: 'Edit', input: { file_path: NOTES } };
    titles.add({ ...reply, message: { ...reply.message, content: [call] } });
    expect(titles.ofPrompt('u1')).toBe('Sort the notes');
    expect(titles.ofPrompt('u2')).toBe(`${'x'.repeat(79)}…`);
    expect(titles.ofCall('t1')).toBe('Edit notes.ts');
    expect([titles.ofPrompt('u3'), titles.ofCall('t2')]).toEqual([undefined, undefined]);
  });

  it.each([
    ['Bash', { command: 'npm test', description: 'Run the tests' }, 'Bash: Run the tests'],
    ['Bash', { command: 'npm\ntest' }, 'Bash: npm test'],
    ['Agent', { description: 'Review', prompt: 'Look' }, 'Agent: Review'],
    ['NotebookEdit', { notebook_path: '/w/a.ipynb' }, 'NotebookEdit a.ipynb'],
    ['mcp__maps__find_route', { from: 'A' }, 'find_route (maps)'],
    ['Other', null, 'Other'],
  ])('%s with %j', (name, input, title) => {
    expect(toCallTitle(name, input)).toBe(title);
  });
});

describe('the tree', () => {
  const checkpoints = [
    checkpoint('c1', 'u1', { files: [change(NOTES, 'modified', 3, 1)] }),
    checkpoint('c2', 'u1', { origin: 'shell', files: [change(NOTES), change(LIST, 'created', 5, 0)] }),
    checkpoint('c3', 'u2', { files: [change(LIST, 'deleted', 0, 5, true)] }),
    checkpoint('r1', 'u2', { origin: 'rewind', redoable: true, files: [change(LIST, 'created', 5, 0)] }),
    checkpoint('c4', 'u2', { files: [change(LIST)] }),
  ];
  const items = toCheckpointItems({ checkpoints, titles: titlesOf({ u1: 'First', c1: 'Edit notes.ts' }) });

  it('has the turns with their calls, and rewinds among them, newest first', () => {
    expect(items.map(outline)).toEqual([
      { title: 'An earlier message', calls: [{ title: 'A file tool', files: [LIST] }] },
      { title: 'Rewind', files: [LIST] },
      { title: 'An earlier message', calls: [{ title: 'A file tool', files: [LIST] }] },
      {
        title: 'First',
        calls: [
          { title: 'A command', files: [NOTES, LIST] },
          { title: 'Edit notes.ts', files: [NOTES] },
        ],
      },
    ]);
  });

  it('has an id of its own for everything', () => {
    const all = items.flatMap(everythingIn).map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
  });

  it('says how much was changed, and what is taken back', () => {
    expect(items.map(describeItem)).toEqual([
      '1 file · +1 −1',
      '1 file · +5 −0',
      '1 file · +0 −5 · taken back',
      '2 files · +9 −2',
    ]);
    expect(items.map(isTakenBack)).toEqual([false, false, true, false]);
    const [file] = items.slice(2).flatMap(filesOf);
    expect(file && describeItem(file)).toBe('deleted · +0 −5 · taken back · src');
  });

  it('goes back to before the first call of a turn, a call, or a file of it', () => {
    expect(items.map(toTarget)).toEqual([
      { checkpoint_id: 'c4' },
      { checkpoint_id: 'r1' },
      { checkpoint_id: 'c3' },
      { checkpoint_id: 'c1' },
    ]);
    const file = items.flatMap(filesOf).find(({ checkpointId }) => checkpointId === 'c2');
    expect(file && toTarget(file)).toEqual({ checkpoint_id: 'c2', paths: [NOTES] });
  });

  it('offers the redo of the newest rewind that can be redone', () => {
    const two = [
      checkpoint('r1', 'u1', { origin: 'rewind', redoable: true }),
      checkpoint('r2', 'u1', { origin: 'rewind', redoable: true }),
      checkpoint('r3', 'u1', { origin: 'rewind' }),
    ];
    const rewinds = toCheckpointItems({ checkpoints: two, titles: titlesOf({}) });
    expect(rewinds.map((item) => item.kind === 'rewind' && item.isNextRedo)).toEqual([false, true, false]);
  });
});

describe('checking changes', () => {
  const checkpoints = [
    checkpoint('c1', 'u1', { files: [change(NOTES), change(LIST)] }),
    checkpoint('c2', 'u1', { files: [change(NOTES, 'modified', 1, 1, true)] }),
    checkpoint('c3', 'u1', { files: [change(NOTES)] }),
    checkpoint('r1', 'u1', { origin: 'rewind', files: [change(NOTES)] }),
    checkpoint('c4', 'u2', { files: [change(LIST)] }),
  ];
  const file = (checkpointId: string, path: string) => {
    const found = toCheckpointItems({ checkpoints, titles: titlesOf({}) })
      .flatMap(filesOf)
      .find((item) => item.checkpointId === checkpointId && item.path === path);
    if (found === undefined) throw new Error('no such file');
    return found;
  };

  it('checks what came later in the same file, and unchecks what came before', () => {
    const all = changeChecked(new Set(), { files: [file('c1', NOTES)], checked: true }, checkpoints);
    expect([...all]).toEqual([`c1:${NOTES}`, `c3:${NOTES}`]);
    expect([...changeChecked(all, { files: [file('c3', NOTES)], checked: false }, checkpoints)]).toEqual([]);
    const without = changeChecked(all, { files: [file('c1', NOTES)], checked: false }, checkpoints);
    expect([...without]).toEqual([`c3:${NOTES}`]);
  });

  it('rewinds each file to the first of its changes that is checked, the newest point first', () => {
    const files = [file('c1', LIST), file('c3', NOTES)];
    const checked = changeChecked(new Set(), { files, checked: true }, checkpoints);
    expect(toCheckedTargets(checked, checkpoints)).toEqual([
      { checkpoint_id: 'c3', paths: [NOTES] },
      { checkpoint_id: 'c1', paths: [LIST] },
    ]);
  });

  it('forgets what has been taken back', () => {
    const checked = new Set([`c1:${LIST}`, `c2:${NOTES}`, `r1:${NOTES}`, `gone:${NOTES}`]);
    expect([...keepCheckable(checked, checkpoints)]).toEqual([`c1:${LIST}`]);
  });
});

describe('the history of a file', () => {
  const list = {
    checkpoints: [
      checkpoint('c1', 'u1', { files: [change(NOTES, 'created', 9, 0)] }),
      checkpoint('c2', 'u1', { files: [change(LIST)] }),
      checkpoint('c3', 'u2', { files: [change(NOTES, 'modified', 2, 1, true)] }),
      checkpoint('r1', 'u2', { origin: 'rewind', files: [change(NOTES, 'modified', 1, 2)] }),
    ],
    titles: titlesOf({ u2: 'Second', c3: 'Edit notes.ts' }),
  };

  it('has its versions, newest first, each with the point just before the next change', () => {
    const versions = toFileVersions(list, (path) => path === NOTES);
    expect(versions.map(({ at, ...version }) => version)).toEqual([
      {
        checkpointId: 'r1',
        title: 'Rewind to “Second”',
        prompt: 'Second',
        description: 'modified · +1 −2',
        restore: null,
      },
      {
        checkpointId: 'c3',
        title: 'Edit notes.ts',
        prompt: 'Second',
        description: 'modified · +2 −1 · taken back',
        restore: { checkpoint_id: 'r1', paths: [NOTES] },
      },
      {
        checkpointId: 'c1',
        title: 'A file tool',
        prompt: '',
        description: 'created · +9 −0',
        restore: { checkpoint_id: 'c3', paths: [NOTES] },
      },
      {
        checkpointId: null,
        title: 'Before: no such file',
        prompt: '',
        description: '',
        restore: { checkpoint_id: 'c1', paths: [NOTES] },
      },
    ]);
  });

  it('is empty for a file that the session left alone', () => {
    expect(toFileVersions(list, (path) => path === '/w/other.ts')).toEqual([]);
  });
});

describe('what the session has changed', () => {
  it('is what it made or changed and what was not taken back', () => {
    const changes = toSessionChanges([
      checkpoint('c1', 'u1', { files: [change(NOTES, 'created'), change(LIST)] }),
      checkpoint('c2', 'u1', { files: [change(NOTES), change('/w/back', 'modified', 1, 1, true)] }),
      checkpoint('c3', 'u1', { files: [change(LIST, 'deleted')] }),
      checkpoint('r1', 'u1', { origin: 'rewind', files: [change('/w/back')] }),
    ]);
    expect([...changes]).toEqual([[NOTES, 'created']]);
  });
});

describe('what other sessions did to a file', () => {
  it('is listed newest first, with what can be put back', () => {
    const one = {
      ...{ session_id: 's1', user_message_id: 'u', tool_use_id: 't', insertions: 2, deletions: 1 },
      created_at: '2026-01-01T00:00:00.000Z',
    };
    const versions = toOtherVersions([
      { ...one, checkpoint_id: 'c1', origin: 'shell', change: 'modified' },
      { ...one, checkpoint_id: 'c2', origin: 'tool', change: 'deleted' },
    ]);
    expect(versions).toEqual([
      expect.objectContaining({ checkpointId: 'c2', title: 'A file tool', restore: null, sessionId: 's1' }),
      {
        ...{ checkpointId: 'c1', title: 'A command', prompt: '', description: 'modified · +2 −1' },
        ...{ at: Date.parse(one.created_at), restore: 'text', sessionId: 's1' },
      },
    ]);
  });
});

interface Given {
  readonly origin?: Listed['origin'];
  readonly redoable?: boolean;
  readonly files?: readonly Listed['changes'][number][];
}

function checkpoint(
  id: string,
  userMessageId: string,
  { origin = 'tool', redoable = false, files = [] }: Given,
): Listed {
  return {
    id,
    user_message_id: userMessageId,
    tool_use_id: origin === 'rewind' ? null : id,
    created_at: '2026-01-01T00:00:00.000Z',
    files: files.map(({ path }) => path),
    origin,
    changes: [...files],
    taken_back: files.every(({ taken_back }) => taken_back),
    redoable,
    is_redo: false,
  };
}

function change(
  path: string,
  kind: 'created' | 'modified' | 'deleted' = 'modified',
  ...[insertions = 1, deletions = 1, taken_back = false]: readonly [number?, number?, boolean?]
): Listed['changes'][number] {
  return { path, change: kind, insertions, deletions, taken_back };
}

function titlesOf(known: Readonly<Record<string, string>>) {
  return { ofPrompt: (id: string) => known[id], ofCall: (id: string) => known[id] };
}

function outline(item: CheckpointItem): unknown {
  if (item.kind === 'turn') return { title: item.title, calls: item.calls.map(outline) };
  if (item.kind === 'file') return item.path;
  return { title: item.title, files: item.files.map(({ path }) => path) };
}

function everythingIn(item: CheckpointItem): readonly CheckpointItem[] {
  if (item.kind === 'file') return [item];
  const inside: readonly CheckpointItem[] = item.kind === 'turn' ? item.calls : item.files;
  return [item, ...inside.flatMap(everythingIn)];
}
