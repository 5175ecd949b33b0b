/**
 * Loads all that is heavy when it is first needed: the agent, its tools and its models are a chunk of their own, so that
 * starting VS Code with Belay costs next to nothing.
 */
import { l10n, window } from 'vscode';
import type { EditorLog } from './log.ts';
import type { Sessions } from './session.ts';

export interface LazySessions {
  /** Does something with the sessions once they are loaded. What goes wrong is logged and told. */
  use(task: (sessions: Sessions) => void | Promise<void>): void;
  /** The sessions, or undefined when nothing has needed them yet. */
  readonly loaded: Promise<Sessions | undefined>;
}

export function createLazySessions(load: () => Promise<Sessions>, log: EditorLog): LazySessions {
  let loading: Promise<Sessions> | undefined;
  return {
    use(task) {
      loading ??= load().catch((error: unknown) => {
        // What kept it from loading (a full disk) may be gone the next time.
        loading = undefined;
        throw error;
      });
      loading.then(task).catch(async (error: unknown) => {
        log.error('something went wrong', { error });
        const show = l10n.t('Show Log');
        const why = error instanceof Error ? error.message : String(error);
        if ((await window.showErrorMessage(`Belay: ${why}`, show)) === show) log.show();
      });
    },
    get loaded() {
      return Promise.resolve(loading).catch(() => undefined);
    },
  };
}
