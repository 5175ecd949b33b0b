/** What a person can say of what waits: the commands. */
import { commands, Disposable, window } from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import type { KeepUndo } from './keepUndo.ts';
import type { ReviewActions } from './reviewActions.ts';
import type { ChoicePlace } from './reviewChoice.ts';

const ANSWERS = ['keep', 'undo'] as const;
const PLACES: readonly ChoicePlace[] = ['Hunk', 'File', 'Turn', 'All'];

/** Nothing is loaded for a command without a session: then nothing waits either. */
export function registerReviewCommands(sessions: LazySessions): Disposable {
  const register = (
    name: string,
    run: (
      parts: { readonly actions: ReviewActions; readonly keepUndo: KeepUndo },
      args: unknown[],
    ) => Promise<void>,
  ): Disposable =>
    commands.registerCommand(`belay.review.${name}`, (...args: unknown[]) =>
      sessions.use(async ({ review, reviewActions: actions, keepUndo }) => {
        await review.ready;
        await run({ actions, keepUndo }, args);
      }),
    );
  return Disposable.from(
    ...ANSWERS.flatMap((answer) =>
      PLACES.map((place) =>
        register(`${answer}${place}`, async ({ actions }, args) => {
          const choice = actions.choose(place, args);
          if (choice === undefined) await tellNothing();
          else await actions[answer](choice);
        }),
      ),
    ),
    register('nextHunk', ({ actions }) => actions.go('next')),
    register('previousHunk', ({ actions }) => actions.go('previous')),
    register('showAll', ({ actions }) => actions.showAll()),
    register('showFile', ({ actions }, args) => actions.showFile(args)),
    register('takeKeepBack', ({ keepUndo }) => keepUndo.step('back')),
    register('keepAgain', ({ keepUndo }) => keepUndo.step('again')),
    register('undoKeep', async ({ actions }) => {
      if (!actions.undoKeep())
        await window.showInformationMessage('Belay: there is no keep that could be taken back.');
    }),
  );
}

async function tellNothing(): Promise<void> {
  await window.showInformationMessage('Belay: no change that waits is here.');
}
