/** The end of a call's record, so that nobody waits for what is only found out by looking. */
import type { Log } from '../ports.ts';
import type { ChangeRecorder, Checkpoint } from './checkpoints.ts';

export interface FinishOptions {
  readonly tell: (checkpoint: Checkpoint) => Promise<void>;
  /** When what the call has left running has ended; undefined: it has left nothing. */
  readonly ended: Promise<void> | undefined;
  /** Told of what is under way and ends soon. */
  readonly track: (recording: Promise<void>) => void;
  readonly log: Log;
}

/** Resolves at once where changes have to be looked for: `tell` comes later then. */
export async function finishRecord(
  recorder: ChangeRecorder | undefined,
  { tell, ended, track, log }: FinishOptions,
): Promise<void> {
  if (recorder === undefined) return;
  const told = async (checkpoint: Promise<Checkpoint | undefined>): Promise<void> => {
    const found = await checkpoint;
    if (found !== undefined) await tell(found);
  };
  if (!recorder.isExpecting) return told(recorder.finish());
  const safely = (recording: Promise<void>): void =>
    track(
      recording.catch((error: unknown) => {
        log.error('what a call changed could not be recorded', { error: String(error) });
      }),
    );
  if (ended === undefined) return safely(told(recorder.finish()));
  safely(told(recorder.goOn()));
  void ended.then(() => safely(told(recorder.finish())));
}
