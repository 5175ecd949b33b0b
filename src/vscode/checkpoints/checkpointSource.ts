/** The checkpoints of the session of the panel that was used last, for all that lists them; asked for once after each change. */
import { commands, type Disposable, EventEmitter } from 'vscode';
import type { LazySessions } from '../lazySessions.ts';
import type { EditorLog } from '../log.ts';
import type { CheckpointList } from './checkpointItems.ts';

/** Changes that come close together are asked for once, in ms. */
const REST_MS = 200;

export interface CheckpointSource extends Disposable {
  /** The checkpoints may be others now, or another session is shown. */
  changed(): void;
  /** Calls back with what there is, now and after each change; undefined: there is no session. */
  listen(listener: (list: CheckpointList | undefined) => void): Disposable;
}

export function createCheckpointSource(sessions: LazySessions, log: EditorLog): CheckpointSource {
  const lists = new EventEmitter<CheckpointList | undefined>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts the questions: an answer to an earlier one is out of date. */
  let asked = 0;
  const ask = async (): Promise<void> => {
    asked += 1;
    const question = asked;
    try {
      const list = await readList(sessions);
      if (question !== asked) return;
      lists.fire(list);
      const hasCheckpoints = list !== undefined && list.checkpoints.length > 0;
      void commands.executeCommand('setContext', 'belay.hasCheckpoints', hasCheckpoints);
    } catch (error) {
      log.debug('the checkpoints could not be listed', { error });
    }
  };
  const askSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void ask();
    }, REST_MS);
  };
  return {
    changed: askSoon,
    listen(listener) {
      askSoon();
      return lists.event(listener);
    },
    dispose() {
      clearTimeout(timer);
      lists.dispose();
    },
  };
}

async function readList(sessions: LazySessions): Promise<CheckpointList | undefined> {
  const host = (await sessions.loaded)?.currentHost();
  if (host === undefined) return undefined;
  await host.ready;
  const { checkpoints } = await host.request('belay/checkpoint_list', {});
  return { checkpoints, titles: host.titles };
}
