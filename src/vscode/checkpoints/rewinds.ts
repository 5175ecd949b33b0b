/**
 * Rewinds as the editor shows them: progress for one that takes long, and afterwards a notification that can take it back.
 * Several in a row (of one order) are told as one.
 */
import { l10n, ProgressLocation, window } from 'vscode';
import type { RewindAnswer } from '../../protocol/checkpoints.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { EarlierTexts } from '../earlierText.ts';
import type { EditorLog } from '../log.ts';
import type { SessionHost } from '../sessionHost.ts';
import { type ChangedFile, joinChanges, readChange, showFiles } from './showChanges.ts';

/** What a rewind may take before a person is told that it goes on, in ms. */
const PROGRESS_MS = 1000;
/** How long after a rewind another one belongs to it, in ms. */
const TOGETHER_MS = 400;

export interface RewindDeps {
  readonly earlierTexts: EarlierTexts;
  readonly log: Pick<EditorLog, 'error'>;
}

export interface Rewinds {
  run(
    host: SessionHost,
    request: RequestOf<'rewind_files'>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<RewindAnswer>;
}

interface Report {
  readonly restored: Set<string>;
  /** Rewinds that belong together. */
  count: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export function createRewinds(deps: RewindDeps): Rewinds {
  const reports = new Map<SessionHost, Report>();
  const note = (host: SessionHost, answer: RewindAnswer): void => {
    const restored = (answer.files ?? []).filter(({ outcome }) => outcome === 'restored');
    if (restored.length === 0) return;
    const report = reports.get(host) ?? { restored: new Set(), count: 0, timer: undefined };
    reports.set(host, report);
    for (const { path } of restored) report.restored.add(path);
    report.count += 1;
    clearTimeout(report.timer);
    report.timer = setTimeout(() => {
      reports.delete(host);
      tellRewind(host, report, { ...deps, redo: (asked) => run(host, asked) }).catch((error: unknown) => {
        deps.log.error('something went wrong after a rewind', { error });
        void window.showErrorMessage(`Belay: ${error instanceof Error ? error.message : String(error)}`);
      });
    }, TOGETHER_MS);
  };
  const run: Rewinds['run'] = async (host, request, options) => {
    if (request.dry_run === true) return host.request('rewind_files', request, options);
    const answer = await withProgress(host.request('rewind_files', request, options), {
      title: request.redo === true ? 'Belay: taking the rewind back…' : 'Belay: rewinding files…',
    });
    if (answer.canRewind && request.redo !== true) note(host, answer);
    return answer;
  };
  return { run };
}

async function withProgress<T>(task: Promise<T>, { title }: { readonly title: string }): Promise<T> {
  const timer = setTimeout(() => {
    void window.withProgress({ location: ProgressLocation.Notification, title }, () =>
      task.then(
        () => undefined,
        () => undefined,
      ),
    );
  }, PROGRESS_MS);
  try {
    return await task;
  } finally {
    clearTimeout(timer);
  }
}

interface TellDeps extends RewindDeps {
  readonly redo: (request: RequestOf<'rewind_files'>) => Promise<RewindAnswer>;
}

async function tellRewind(host: SessionHost, report: Report, deps: TellDeps): Promise<void> {
  const { size } = report.restored;
  const [again, show] = [l10n.t('Redo'), l10n.t('Show Changes')];
  const told = size === 1 ? l10n.t('Belay: rewound 1 file.') : l10n.t('Belay: rewound {0} files.', size);
  const chosen = await window.showInformationMessage(told, again, show);
  if (chosen === again) await redo(host, report.count, deps);
  if (chosen === show) await showRewound(host, report.count, deps);
}

/** The conversation, too, where it went back with the files and nothing was said since. */
async function redo(host: SessionHost, count: number, deps: TellDeps): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    const answer = await deps.redo({ redo: true });
    if (!answer.canRewind) throw new Error(answer.error ?? 'The rewind could not be taken back.');
  }
  if (host.state.canRedoConversation) await host.request('belay/conversation_redo', {});
}

/** What the last rewinds have done. */
async function showRewound(host: SessionHost, count: number, deps: RewindDeps): Promise<void> {
  const { checkpoints } = await host.request('belay/checkpoint_list', {});
  const rewinds = checkpoints.filter(({ origin }) => origin === 'rewind').slice(-count);
  const files = await Promise.all(
    rewinds.flatMap(({ id, changes }): Promise<ChangedFile>[] =>
      changes.map(({ path }) => readChange({ checkpointId: id, path }, host)),
    ),
  );
  await showFiles('What the rewind did (before ↔ after)', joinChanges(files), deps);
}
