/**
 * What the language servers of this window find wrong with a file, before and after it is changed. A file that no editor shows
 * is opened in the background, because servers look only at what is open; some of them only at what stands in a tab (backgroundTab.ts).
 */
import { type Disposable, extensions, workspace } from 'vscode';
import type { Clock, Diagnostics } from '../../core/ports.ts';
import type { Problem, ProblemBaseline, ProblemsFound } from '../../protocol/problems.ts';
import { openBackgroundTab } from './backgroundTab.ts';
import { lineCountOf, openInBackground, type SeenFile, versionOf } from './openInBackground.ts';
import { createPatience, LITTLE_PATIENCE_MS, type Patience, watchersOf } from './patience.ts';
import { type ServerLooks, watchServerLooks } from './serverLooks.ts';
import { collectProblems } from './toProblems.ts';
import { findTypescriptProblems, TYPESCRIPT_SOURCE, type TypescriptAnswer } from './typescriptProblems.ts';
import { waitUntilSettled } from './waitUntilSettled.ts';

export interface EditorDiagnostics extends Diagnostics, Disposable {}

/** The part of all waiting that a server has for looking at a file that was not open, before the change. */
const FRESH_SHARE = 0.35;
/** A server is taken to have said all after this. Several look at a file one after the other. Milliseconds. */
const QUIET_MS = 400;

interface Watch {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly looks: ServerLooks;
  readonly patience: Patience;
}

export function createEditorDiagnostics(clock: Watch['clock']): EditorDiagnostics {
  const looks = watchServerLooks(() => clock.monotonic());
  const watch: Watch = { clock, looks, patience: createPatience() };
  return {
    before: (path, signal) => lookBefore(path, { ...watch, signal }),
    after: (baseline, signal) => lookAfter(baseline, { ...watch, signal }),
    dispose: () => void looks.dispose(),
  };
}

interface Looking extends Watch {
  readonly signal: AbortSignal;
}

async function lookBefore(path: string, looking: Looking): Promise<ProblemBaseline> {
  const { clock, looks, patience } = looking;
  const started = clock.monotonic();
  const wasActive = new Set(extensions.all.flatMap(({ id, isActive }) => (isActive ? [id] : [])));
  const seen = await openInBackground(path);
  if (seen === undefined) return { path, problems: [], isKnown: true, lineCount: 0, waitedMs: 0 };
  const tab = await openBackgroundTab(seen);
  const rest = (): number => patience.for(seen, tab) * FRESH_SHARE - (clock.monotonic() - started);
  try {
    const asked = await findTypescriptProblems(seen, { ...looking, maxMs: rest() });
    const isNew = seen.isFresh || tab !== undefined;
    const hasSettled =
      asked.kind !== 'unasked' ||
      !isNew ||
      (await waitUntilSettled({
        ...looking,
        onChange: looks.onLook,
        lastChange: () => looks.last(seen, { laterThan: 0, since: tab === undefined ? 0 : started }),
        quietMs: QUIET_MS,
        maxMs: rest(),
      }));
    // A server that was there and has said nothing has found nothing.
    const isKnown = hasSettled ? asked.kind !== 'late' : watchersOf(seen).every((id) => wasActive.has(id));
    return {
      path,
      problems: join(asked, collectProblems(seen)),
      isKnown,
      version: versionOf(seen),
      lineCount: lineCountOf(seen),
      waitedMs: clock.monotonic() - started,
    };
  } finally {
    await tab?.close();
  }
}

async function lookAfter(
  { path, version, waitedMs }: ProblemBaseline,
  looking: Looking,
): Promise<ProblemsFound> {
  const { clock, looks, patience, signal } = looking;
  const started = clock.monotonic();
  const seen = await openInBackground(path);
  if (seen === undefined) return { problems: [], lineCount: 0 };
  const laterThan = seen.isFresh ? 0 : (version ?? 0);
  const tab = await openBackgroundTab(seen);
  const rest = (): number => patience.for(seen, tab) - waitedMs - (clock.monotonic() - started);
  // Of a notebook versions don't tell, and when the last tab was closed servers took back what they had said.
  const since = seen.kind === 'notebook' || tab !== undefined ? started : 0;
  try {
    await waitForText(seen, { ...looking, laterThan, maxMs: rest() });
    const asked = await findTypescriptProblems(seen, { ...looking, maxMs: rest() });
    const hasSpoken = await waitUntilSettled({
      ...looking,
      onChange: looks.onLook,
      lastChange: () => looks.last(seen, { laterThan, since }),
      quietMs: QUIET_MS,
      // Who has been asked outright has answered; a linter beside it has a moment.
      maxMs: asked.kind === 'unasked' ? rest() : Math.min(rest(), LITTLE_PATIENCE_MS),
    });
    if (asked.kind === 'unasked' && !signal.aborted) patience.note(seen, { hasSpoken, tab });
    return { problems: join(asked, collectProblems(seen)), lineCount: lineCountOf(seen) };
  } finally {
    await tab?.close();
  }
}

interface WaitingForText extends Looking {
  readonly laterThan: number;
  readonly maxMs: number;
}

/** A document that no editor shows follows the disk only a while after the write. */
async function waitForText(seen: SeenFile, { laterThan, ...waiting }: WaitingForText): Promise<void> {
  await waitUntilSettled({
    ...waiting,
    onChange(listener) {
      const listening = workspace.onDidChangeTextDocument(listener);
      return () => listening.dispose();
    },
    lastChange: () => (versionOf(seen) > laterThan ? 0 : undefined),
    quietMs: 0,
  });
}

/** What the TypeScript server has said unasked may be about an earlier text. */
function join(asked: TypescriptAnswer, told: Problem[]): Problem[] {
  if (asked.kind !== 'answered') return told;
  return [...asked.problems, ...told.filter(({ source }) => source !== TYPESCRIPT_SOURCE)];
}
