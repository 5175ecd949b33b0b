import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addKeep,
  type KeepHistory,
  leadsToKeep,
  moveKeep,
  nextKeep,
  noteText,
  type TextStep,
  toLikelyStep,
} from '../../../../src/core/review/keepHistory.ts';

type History = KeepHistory<string>;

/** A keep of that name at that text, and then these. */
function keptAt(text: string, keep: string, steps: readonly (readonly [TextStep, string])[]): History {
  return follow(addKeep(undefined, text, keep), steps);
}

function follow(history: History, steps: readonly (readonly [TextStep, string])[]): History {
  return steps.reduce<History>((known, [step, text]) => {
    const next = noteText(known, step, text);
    if (next === undefined) throw new Error(`lost at ${step} to ${text}`);
    return next;
  }, history);
}

const next = (history: History): readonly unknown[] => [
  nextKeep(history, 'back'),
  nextKeep(history, 'again'),
];

describe('the keeps of a document', () => {
  it('are what undo takes back next, the last first, and redo does again', () => {
    const both = addKeep(keptAt('x', 'one', []), 'x', 'two');
    expect(next(both)).toEqual(['two', undefined]);
    const none = moveKeep(moveKeep(both, 'back'), 'back');
    expect(next(none)).toEqual([undefined, 'one']);
    expect(next(moveKeep(none, 'again'))).toEqual(['one', 'two']);
  });

  it('are found again where only the texts tell what was done', () => {
    const typed = keptAt('x', 'one', [
      ['edit', 'xa'],
      ['edit', 'xab'],
    ]);
    expect(toLikelyStep(typed, 'xa')).toBe('undo');
    expect(toLikelyStep(typed, 'new')).toBe('edit');
    const undone = follow(typed, [['undo', 'x']]);
    expect([toLikelyStep(undone, 'xab'), toLikelyStep(undone, 'w')]).toEqual(['redo', 'edit']);
  });

  it('wait until what was typed since is undone', () => {
    const typed = keptAt('x', 'one', [
      ['edit', 'xa'],
      ['edit', 'xab'],
    ]);
    expect(next(typed)).toEqual([undefined, undefined]);
    expect(next(follow(typed, [['undo', 'xa']]))).toEqual([undefined, undefined]);
    const undone = follow(typed, [['undo', 'x']]);
    expect(next(undone)).toEqual(['one', undefined]);
    const back = moveKeep(undone, 'back');
    expect(next(follow(back, [['redo', 'xab']]))).toEqual([undefined, undefined]);
  });

  it('are met again where what came before them was undone past them', () => {
    const earlier = keptAt('x', 'one', [
      ['undo', 'w'],
      ['undo', 'v'],
    ]);
    expect(next(earlier)).toEqual([undefined, undefined]);
    expect(
      next(
        follow(earlier, [
          ['redo', 'w'],
          ['redo', 'x'],
        ]),
      ),
    ).toEqual(['one', undefined]);
  });

  it('can’t be done again after something else was typed, nor after another keep', () => {
    const back = moveKeep(keptAt('x', 'one', []), 'back');
    expect(
      next(
        follow(back, [
          ['edit', 'xy'],
          ['undo', 'x'],
        ]),
      ),
    ).toEqual([undefined, undefined]);
    expect(next(addKeep(back, 'x', 'two'))).toEqual(['two', undefined]);
  });

  it('are left alone while it is not certain that the text is that of the keep', () => {
    const typed = keptAt('x', 'one', [
      ['edit', 'xa'],
      ['edit', 'x'],
      ['edit', 'xb'],
    ]);
    const doubtful = follow(typed, [['undo', 'x']]);
    expect(next(doubtful)).toEqual([undefined, undefined]);
    expect(
      next(
        follow(doubtful, [
          ['undo', 'xa'],
          ['undo', 'x'],
        ]),
      ),
    ).toEqual(['one', undefined]);
    expect(noteText(doubtful, 'edit', 'xc')).toBeUndefined();
  });

  it('are led to by undo or by redo, wherever between them the text stands', () => {
    const leads = (history: History): readonly boolean[] => [
      leadsToKeep(history, 'back'),
      leadsToKeep(history, 'again'),
    ];
    const kept = keptAt('x', 'one', []);
    expect(leads(kept)).toEqual([true, false]);
    expect(leads(follow(kept, [['edit', 'xa']]))).toEqual([true, false]);
    expect(leads(follow(kept, [['undo', 'w']]))).toEqual([false, false]);
    const back = moveKeep(kept, 'back');
    expect(leads(back)).toEqual([false, true]);
    expect(leads(follow(back, [['undo', 'w']]))).toEqual([false, true]);
    expect(leads(follow(back, [['edit', 'xa']]))).toEqual([false, false]);
  });

  it('know a redo of what was undone before them', () => {
    expect(next(keptAt('x', 'one', [['redo', 'xy']]))).toEqual([undefined, undefined]);
    expect(
      next(
        keptAt('x', 'one', [
          ['redo', 'xy'],
          ['undo', 'x'],
        ]),
      ),
    ).toEqual(['one', undefined]);
  });

  it('are undone and done again in their order, whatever is typed and undone between', () => {
    const step = fc.constantFrom('type', 'keep', 'undo', 'undo', 'redo');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const editor = createEditor();
        for (const each of steps) editor[each]();
        // All the way back, and all the way again.
        const done = editor.done();
        editor.undoAll();
        expect(editor.kept()).toEqual([]);
        editor.redoAll();
        expect(editor.done().slice(0, done.length)).toEqual(done);
      }),
    );
  });
});

/** One list of edits and keeps, as a person sees it, and what the history makes of the same. Each text is another one. */
function createEditor() {
  let actions: string[] = [];
  let at = 0;
  let number = 0;
  let history: History | undefined;
  const textAt = (end: number): string =>
    actions
      .slice(0, end)
      .filter((each) => each.startsWith('t'))
      .join();
  const note = (step: TextStep): void => {
    history = history === undefined ? undefined : noteText(history, step, textAt(at));
  };
  const move = (action: string | undefined, step: 'undo' | 'redo'): void => {
    if (action === undefined) return;
    const keepStep = step === 'undo' ? 'back' : 'again';
    const isKeep = action.startsWith('k');
    expect(history === undefined ? undefined : nextKeep(history, keepStep)).toBe(isKeep ? action : undefined);
    at += step === 'undo' ? -1 : 1;
    if (isKeep && history !== undefined) history = moveKeep(history, keepStep);
    else note(step);
  };
  const put = (action: string): void => {
    actions = [...actions.slice(0, at), action];
    at += 1;
  };
  return {
    type() {
      number += 1;
      put(`t${number}`);
      note('edit');
    },
    keep() {
      // A keep leaves the editor's own redo alone; here it would be another list.
      if (at < actions.length) return;
      number += 1;
      put(`k${number}`);
      history = addKeep(history, textAt(at), actions[at - 1] ?? '');
    },
    undo: () => move(actions[at - 1], 'undo'),
    redo: () => move(actions[at], 'redo'),
    undoAll() {
      while (at > 0) move(actions[at - 1], 'undo');
    },
    redoAll() {
      while (at < actions.length) move(actions[at], 'redo');
    },
    done: () => actions.slice(0, at),
    kept: () => actions.slice(0, at).filter((each) => each.startsWith('k')),
  };
}
