/** What the language servers of this window know about code, asked with patience, but not without end. */
import { languages } from 'vscode';
import type { Clock, Diagnostics, LanguageFeatures } from '../../core/ports.ts';
import type { LanguageAnswer, LanguageQuestion } from '../../protocol/languageFeatures.ts';
import { openInBackground } from '../diagnostics/openInBackground.ts';
import { toProblems } from '../diagnostics/toProblems.ts';
import { askProviders, type ProviderQuestion } from './askProviders.ts';

export interface EditorLanguageFeaturesDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly diagnostics: Pick<Diagnostics, 'before'>;
}

/** For one question. Seconds. */
const PATIENCE_S = 10;
/** Files whose problems are listed. */
const MAX_FILES = 1000;

export function createEditorLanguageFeatures(deps: EditorLanguageFeaturesDeps): LanguageFeatures {
  return {
    async ask(question, signal) {
      if (signal.aborted) return STOPPED;
      const over = new AbortController();
      const waiting = deps.clock.sleep(PATIENCE_S * 1000, AbortSignal.any([signal, over.signal]));
      const late = waiting.then(
        (): LanguageAnswer => ({ kind: 'late', seconds: PATIENCE_S }),
        () => STOPPED,
      );
      try {
        return await Promise.race([answer(question, deps, signal), late]);
      } finally {
        over.abort();
      }
    },
  };
}

const STOPPED: LanguageAnswer = { kind: 'refused', reason: 'It was stopped.' };

async function answer(
  question: LanguageQuestion,
  { diagnostics }: EditorLanguageFeaturesDeps,
  signal: AbortSignal,
): Promise<LanguageAnswer> {
  if (question.operation === 'diagnostics') {
    if (question.path === undefined) return listProblems();
    const found = await diagnostics.before(question.path, signal);
    const problems = found?.problems ?? [];
    return { kind: 'problems', files: [{ path: question.path, problems }], beyond: 0 };
  }
  return askOrExplain(question);
}

async function askOrExplain(question: ProviderQuestion): Promise<LanguageAnswer> {
  try {
    // Servers look only at what is open.
    if ('path' in question && (await openInBackground(question.path)) === undefined)
      return { kind: 'refused', reason: 'The editor can not open the file: it is no text, or too long.' };
    return await askProviders(question);
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}

function listProblems(): LanguageAnswer {
  const files = languages.getDiagnostics().flatMap(([uri]) => {
    const problems = uri.scheme === 'file' ? toProblems(uri) : [];
    return problems.length === 0 ? [] : [{ path: uri.fsPath, problems }];
  });
  const beyond = files.slice(MAX_FILES).reduce((sum, { problems }) => sum + problems.length, 0);
  return { kind: 'problems', files: files.slice(0, MAX_FILES), beyond };
}
