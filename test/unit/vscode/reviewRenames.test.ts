import { describe, expect, it } from 'vitest';
import { toHunks, toReviewLines } from '../../../src/core/review/reviewText.ts';
import {
  type FileChangeKind,
  type FileVersions,
  noteChange,
  type ReviewedCheckpoint,
  type ReviewFile,
} from '../../../src/vscode/review/reviewFiles.ts';
import { joinRenames, partRenames } from '../../../src/vscode/review/reviewRenames.ts';

type Files = ReadonlyMap<string, ReviewFile>;

const OLD = 'one\ntwo\nthree\nfour\n';
const NEW = 'one\ntwo\nTHREE\nfour\n';

const change = (path: string, kind: FileChangeKind, before: string, after: string): FileVersions => ({
  path,
  change: kind,
  before: kind === 'created' ? null : before,
  after: kind === 'deleted' ? null : after,
  binary: false,
  ids: { before: kind === 'created' ? null : before, after: kind === 'deleted' ? null : after },
});
/** Of a picture: no text is told of it. */
const binary = (path: string, kind: FileChangeKind, before: string, after: string): FileVersions => ({
  ...change(path, kind, before, after),
  ...{ before: null, after: null, binary: true },
});
const notebook = (...sources: readonly string[]): string =>
  JSON.stringify({
    cells: sources.map((source, id) => ({
      cell_type: 'code',
      id: `${id}`,
      metadata: {},
      outputs: [],
      source,
    })),
    nbformat: 4,
  });
const move = [change('/w/old.txt', 'deleted', OLD, ''), change('/w/new.txt', 'created', '', NEW)];
const moveBack = [change('/w/new.txt', 'deleted', NEW, ''), change('/w/old.txt', 'created', '', OLD)];

/** As the review takes in a checkpoint; all that is not deleted is there. */
function take(
  files: Files,
  changes: readonly FileVersions[],
  turn: string,
  what: ReviewedCheckpoint['what'],
): Files {
  const taken = partRenames(files, changes);
  for (const each of changes) {
    const next = noteChange(taken.get(each.path), each, { id: `c of ${turn}`, sessionId: 's', turn, what });
    if (next === undefined) taken.delete(each.path);
    else taken.set(each.path, next);
  }
  return joinRenames(taken, (path) => {
    const file = taken.get(path);
    return file === undefined || file.change !== 'deleted';
  });
}

const write = (files: Files, changes: readonly FileVersions[], turn: string): Files =>
  take(files, changes, turn, 'write');

/** "path: change: base -> agent" of what waits. */
function describeFiles(files: Files, now = NEW): readonly string[] {
  return [...files.values()].map((file) => {
    if (file.kind === 'whole') return `${file.path}: whole`;
    const hunks = toHunks(file.text, toReviewLines(now));
    const from = file.change === 'renamed' ? ` from ${file.from.path}` : '';
    return `${file.path}: ${file.change}${from}: ${hunks.map(({ base, agent }) => `${base.join('')}->${agent.join('')}`)}`;
  });
}

describe('a file that was moved', () => {
  it('is one, with what is different against what stood there before', () => {
    const moved = write(new Map(), move, 't1');
    expect(describeFiles(moved)).toEqual(['/w/new.txt: renamed from /w/old.txt: three\n->THREE\n']);
    expect([...moved.values()]).toMatchObject([
      { checkpointId: 'c of t1', from: { checkpointId: 'c of t1', turns: ['t1'] } },
    ]);
    const changed = write(moved, [change('/w/new.txt', 'modified', NEW, `${NEW}five\n`)], 't2');
    expect(describeFiles(changed, `${NEW}five\n`)).toEqual([
      '/w/new.txt: renamed from /w/old.txt: three\n->THREE\n,->five\n',
    ]);
  });

  it('is one also when it went in another turn than it came, and in two where another session did one of it', () => {
    const [gone, come] = move;
    if (gone === undefined || come === undefined) throw new Error('two changes');
    const moved = write(write(new Map(), [come], 't1'), [gone], 't2');
    expect([...moved.values()]).toMatchObject([{ change: 'renamed', from: { turns: ['t2', 't1'] } }]);
    const other = noteChange(undefined, gone, { id: 'c', sessionId: 'other', turn: 't', what: 'write' });
    const [made] = write(new Map(), [come], 't1').values();
    if (other === undefined || made === undefined) throw new Error('two files');
    const files = new Map([other, made].map((file) => [file.path, file]));
    expect(joinRenames(files, (path) => path === '/w/new.txt')).toEqual(files);
  });

  it('is moved on, and waits no longer when it is moved back', () => {
    const moved = write(new Map(), move, 't1');
    const on = [change('/w/new.txt', 'deleted', NEW, ''), change('/w/last.txt', 'created', '', NEW)];
    expect(describeFiles(write(moved, on, 't2'))).toEqual([
      '/w/last.txt: renamed from /w/old.txt: three\n->THREE\n',
    ]);
    expect(describeFiles(write(moved, moveBack, 't2'))).toEqual([]);
    expect(describeFiles(take(moved, moveBack, 't2', 'agreed'))).toEqual([]);
  });

  it('is two when one of them becomes another', () => {
    const moved = write(new Map(), move, 't1');
    expect(describeFiles(write(moved, [change('/w/new.txt', 'deleted', NEW, '')], 't2'), '')).toEqual([
      `/w/old.txt: deleted: ${OLD}->`,
    ]);
    const again = write(moved, [change('/w/old.txt', 'created', '', 'other\n')], 't2');
    expect([...again.values()]).toMatchObject([{ change: 'created' }, { change: 'modified' }]);
    const large = change('/w/new.txt', 'modified', NEW, 'x'.repeat(2_000_001));
    expect([...write(moved, [large], 't2').values()]).toMatchObject([
      { path: '/w/new.txt', kind: 'whole' },
      { path: '/w/old.txt', change: 'deleted' },
    ]);
  });

  it('that is no text is one when its content is the same, and two when it is another', () => {
    const away = binary('/w/old.png', 'deleted', 'picture', '');
    const moved = write(new Map(), [away, binary('/w/new.png', 'created', '', 'picture')], 't1');
    expect([...moved.values()]).toEqual([
      {
        ...{ path: '/w/new.png', sessionId: 's', checkpointId: 'c of t1', kind: 'whole', change: 'renamed' },
        ...{ turns: ['t1'], ids: { before: 'picture', after: 'picture' } },
        from: { path: '/w/old.png', checkpointId: 'c of t1', turns: ['t1'] },
      },
    ]);
    const changed = write(moved, [binary('/w/new.png', 'modified', 'picture', 'other')], 't2');
    expect([...changed.values()]).toMatchObject([
      { path: '/w/new.png', change: 'created', turns: ['t1', 't2'] },
      { path: '/w/old.png', change: 'deleted', turns: ['t1'] },
    ]);
    const on = [
      binary('/w/new.png', 'deleted', 'picture', ''),
      binary('/w/last.png', 'created', '', 'picture'),
    ];
    expect([...write(moved, on, 't2').values()]).toMatchObject([
      { path: '/w/last.png', change: 'renamed', from: { path: '/w/old.png', turns: ['t1', 't2'] } },
    ]);
    const two = write(new Map(), [away, binary('/w/new.png', 'created', '', 'other')], 't1');
    expect([...two.values()].map((file) => file.change)).toEqual(['deleted', 'created']);
    const unknown = [away, binary('/w/new.png', 'created', '', '')].map((each) => ({
      ...each,
      ids: { before: null, after: null },
    }));
    expect([...write(new Map(), unknown, 't1').values()].map((file) => file.change)).toEqual([
      'deleted',
      'created',
    ]);
  });

  it('that is a notebook is one, with the cells that are different', () => {
    const [before, after] = [notebook('one', 'two', 'three'), notebook('one', 'TWO', 'three')];
    const changes = [
      change('/w/old.ipynb', 'deleted', before, ''),
      change('/w/new.ipynb', 'created', '', after),
    ];
    const [moved, ...rest] = write(new Map(), changes, 't1').values();
    expect([moved, rest]).toMatchObject([
      { path: '/w/new.ipynb', kind: 'notebook', change: 'renamed', from: { path: '/w/old.ipynb' } },
      [],
    ]);
    const pieces = moved?.kind === 'notebook' ? moved.text.filter(({ turns }) => turns.length > 0) : [];
    const sources = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).source);
    expect(pieces.map(({ base, agent }) => [sources(base), sources(agent)])).toEqual([[['two'], ['TWO']]]);
  });
});
