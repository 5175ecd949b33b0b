/** The Changes view of Belay: what waits, by turn, with the marks in the gutter and the change peek that come with a source control. */
import {
  Disposable,
  type SourceControl,
  type SourceControlResourceGroup,
  type SourceControlResourceState,
  scm,
  ThemeColor,
  ThemeIcon,
  Uri,
  workspace,
} from 'vscode';
import { toBaselineUri } from './baseline.ts';
import type { Review } from './review.ts';
import { type ReviewFile, turnsOf } from './reviewFiles.ts';

export const SCM_ID = 'belay';

/** `titleOf`: the first words of the message of a turn; undefined: it is not known any more. */
export function registerReviewScm(
  review: Review,
  titleOf: (sessionId: string, turn: string) => string | undefined,
): Disposable {
  let control: SourceControl | undefined;
  let groups = new Map<string, SourceControlResourceGroup>();
  const close = (): void => {
    control?.dispose();
    control = undefined;
    groups = new Map();
  };
  const open = (): SourceControl => {
    const opened = scm.createSourceControl(SCM_ID, 'Belay');
    opened.inputBox.visible = false;
    opened.quickDiffProvider = {
      provideOriginalResource: (uri) =>
        uri.scheme === 'file' && review.file(uri.fsPath)?.kind === 'text'
          ? toBaselineUri(uri.fsPath)
          : undefined,
    };
    return opened;
  };
  const draw = (): void => {
    const waiting = review.waiting();
    if (waiting.length === 0) return close();
    control ??= open();
    control.count = waiting.length;
    const byTurn = groupByTurn(waiting, turnOf(review));
    for (const [turn, group] of groups) {
      if (byTurn.has(turn)) continue;
      group.dispose();
      groups.delete(turn);
    }
    for (const [turn, files] of byTurn) {
      const [first] = files;
      const title = first === undefined ? undefined : titleOf(first.sessionId, turn);
      const group = groups.get(turn) ?? control.createResourceGroup(turn, title ?? 'Earlier changes');
      groups.set(turn, group);
      group.label = title ?? 'Earlier changes';
      group.contextValue = 'turn';
      group.resourceStates = files.map((file) => toState(file, review));
    }
  };
  draw();
  return Disposable.from(review.onDidChange(draw), { dispose: close });
}

function groupByTurn(
  files: readonly ReviewFile[],
  toTurn: (file: ReviewFile) => string,
): ReadonlyMap<string, readonly ReviewFile[]> {
  const byTurn = new Map<string, ReviewFile[]>();
  for (const file of files) {
    const turn = toTurn(file);
    byTurn.set(turn, [...(byTurn.get(turn) ?? []), file]);
  }
  return byTurn;
}

/** The turn that has changed the file last. */
function turnOf(review: Review): (file: ReviewFile) => string {
  return (file) => review.parts(file.path).at(-1)?.turns.at(-1) ?? turnsOf(file).at(-1) ?? '';
}

const ICONS = {
  created: 'diff-added',
  modified: 'diff-modified',
  deleted: 'diff-removed',
  renamed: 'diff-renamed',
} as const;
const COLOURS = {
  created: 'gitDecoration.addedResourceForeground',
  modified: 'gitDecoration.modifiedResourceForeground',
  deleted: 'gitDecoration.deletedResourceForeground',
  renamed: 'gitDecoration.renamedResourceForeground',
} as const;

function describeChange(file: ReviewFile): string {
  if (file.change !== 'renamed') return `${file.change[0]?.toUpperCase()}${file.change.slice(1)} by Belay`;
  const [from, to] = [file.from.path, file.path].map((path) => workspace.asRelativePath(path));
  return `Moved by Belay, ${from} → ${to}`;
}

function toState(file: ReviewFile, review: Review): SourceControlResourceState {
  const { path, change, kind } = file;
  const count = review.parts(path).length;
  const what =
    kind === 'whole' ? 'no text, answered as a whole' : count === 1 ? '1 change' : `${count} changes`;
  return {
    resourceUri: Uri.file(path),
    contextValue: kind,
    command: {
      command: 'belay.review.showFile',
      title: 'Show Changes',
      arguments: [{ resourceUri: Uri.file(path) }],
    },
    decorations: {
      tooltip: `${describeChange(file)}: ${what}`,
      strikeThrough: change === 'deleted',
      iconPath: new ThemeIcon(ICONS[change], new ThemeColor(COLOURS[change])),
    },
  };
}
