/** The settings of a running session: read again when a file of them changes, and what changed told. */
import type { HookSettings } from '../hooks/settingsHooks.ts';
import type { LayeredRule } from '../permissions/decidePermission.ts';
import type { Log } from '../ports.ts';
import { describeChanges } from './describeChanges.ts';
import type { PendingFile } from './holdProject.ts';
import type { Policy } from './managedPolicy.ts';
import type { ReadSettings, SettingsReader } from './readSettings.ts';
import type { RuleProblem } from './sessionSettings.ts';

/** What of the settings a running session follows. The rest counts from the next one on. */
export interface SettingsInForce {
  /** Of settings files; those of the command line are the session's own. */
  readonly rules: readonly LayeredRule[];
  readonly ruleProblems: readonly RuleProblem[];
  readonly hooks: HookSettings;
  /** Hooks that were left out and why, for a person. */
  readonly hookProblems: readonly string[];
  readonly policy: Policy;
}

export interface SettingsNotice {
  readonly text: string;
  readonly level: 'notice' | 'warning';
}

export interface SettingsChange {
  readonly now: SettingsInForce;
  readonly pending: readonly PendingFile[];
  /** What a person is to know. */
  readonly notices: readonly SettingsNotice[];
}

export interface LiveSettings {
  readonly now: SettingsInForce;
  /** Files of the project that a person has not seen as they are now. */
  readonly pending: readonly PendingFile[];
  /** Returns how to stop listening. Listeners must not throw. */
  onChange(listener: (change: SettingsChange) => void): () => void;
  /** Why not, for a person; undefined: it counts now. `hash`: of the text that they have seen. */
  approve(file: string, hash: string): Promise<string | undefined>;
  /** Writes a person's choice into a file, which then needs no further leave. Rejects when `write` does. */
  acceptChange(file: string, change: (text: string) => string, write: () => Promise<void>): Promise<void>;
  /** Ends the watch, and resolves when nothing is read any more. */
  close(): Promise<void>;
}

export interface LiveSettingsDeps {
  readonly reader: SettingsReader;
  /** What `reader` has read when the session was opened. */
  readonly first: ReadSettings;
  readonly toInForce: (read: ReadSettings) => SettingsInForce;
  /** Calls back some time after one of the files may have changed; returns how to end that. undefined: nobody watches. */
  readonly watch: ((files: readonly string[], onChange: () => void) => () => void) | undefined;
  readonly log: Pick<Log, 'error'>;
}

export function createLiveSettings(deps: LiveSettingsDeps): LiveSettings {
  const { reader, toInForce, log } = deps;
  const listeners = new Set<(change: SettingsChange) => void>();
  /** Files that Belay itself changes for a person: they needn't hear what they have chosen. */
  const ownChanges = new Set<string>();
  let read = deps.first;
  let now = toInForce(read);
  let last: Promise<void> = Promise.resolve();

  async function readAgain(): Promise<void> {
    const before = read;
    read = await reader.read();
    now = toInForce(read);
    const changes = describeChanges(before, read);
    const notices = changes.filter(({ file }) => !ownChanges.delete(file));
    if (changes.length === 0 && isSamePending(before.pending, read.pending)) return;
    for (const listener of [...listeners]) listener({ now, pending: read.pending, notices });
  }

  /** One after the other; what fails is said, and what counted before still does. */
  function refresh(): Promise<void> {
    last = last.then(readAgain).catch((error: unknown) => {
      log.error('the settings could not be read again', { error: String(error) });
    });
    return last;
  }

  async function noteAccepted(file: string, change: (text: string) => string): Promise<void> {
    try {
      await reader.acceptChange(file, change);
    } catch (error) {
      log.error('what a person chose could not be noted as approved', { file, error: String(error) });
    }
  }

  const stop = deps.watch?.(reader.files, () => void refresh());
  return {
    get now() {
      return now;
    },
    get pending() {
      return read.pending;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async approve(file, hash) {
      // Held against what stands there at this moment, not at the last look.
      await refresh();
      const problem = await reader.approve(file, hash);
      await refresh();
      return problem;
    },
    acceptChange(file, change, write) {
      // Nothing is read between the two: a file and what is approved of it must be seen together.
      const accepted = last.then(async () => {
        await write();
        ownChanges.add(file);
        await noteAccepted(file, change);
      });
      last = accepted.catch(() => undefined);
      return accepted;
    },
    async close() {
      stop?.();
      listeners.clear();
      await last;
    },
  };
}

function isSamePending(left: readonly PendingFile[], right: readonly PendingFile[]): boolean {
  const toKey = (list: readonly PendingFile[]): string =>
    JSON.stringify(list.map(({ file, hash, before }) => [file, hash, before]));
  return toKey(left) === toKey(right);
}
