/** Marks in the explorer and on tabs the files that the session has changed, until they are taken back. */
import { Disposable, EventEmitter, type FileDecoration, ThemeColor, Uri, window, workspace } from 'vscode';
import type { CheckpointSource } from './checkpointSource.ts';
import { toSessionChanges } from './sessionChanges.ts';

const SETTING = 'belay.decorations.enabled';

export const DECORATIONS: Readonly<Record<'created' | 'modified', FileDecoration>> = {
  created: {
    badge: 'B',
    tooltip: 'Made by Belay in this session',
    color: new ThemeColor('belay.createdFileForeground'),
  },
  modified: {
    badge: 'B',
    tooltip: 'Changed by Belay in this session',
    color: new ThemeColor('belay.changedFileForeground'),
  },
};

export function registerChangeDecorations(source: Pick<CheckpointSource, 'listen'>): Disposable {
  const changed = new EventEmitter<Uri[]>();
  /** By the address of the file. */
  let shown = new Map<string, FileDecoration>();
  let listening: Disposable | undefined;
  const show = (next: Map<string, FileDecoration>): void => {
    const before = shown;
    shown = next;
    const differing = [...new Set([...before.keys(), ...next.keys()])].filter(
      (address) => before.get(address) !== next.get(address),
    );
    if (differing.length > 0) changed.fire(differing.map((address) => Uri.parse(address)));
  };
  const follow = (): void => {
    listening?.dispose();
    listening = isEnabled()
      ? source.listen((list) => {
          const changes = toSessionChanges(list?.checkpoints ?? []);
          show(
            new Map([...changes].map(([path, change]) => [Uri.file(path).toString(), DECORATIONS[change]])),
          );
        })
      : undefined;
    if (listening === undefined) show(new Map());
  };
  follow();
  return Disposable.from(
    window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration: (uri) => shown.get(uri.toString()),
    }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) follow();
    }),
    { dispose: () => listening?.dispose() },
    changed,
  );
}

function isEnabled(): boolean {
  return workspace.getConfiguration().get(SETTING) !== false;
}
