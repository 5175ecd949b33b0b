/** What ended a turn that failed, in words for a person. */
import type { Failure } from '../../protocol/failure.ts';
import { toFailure } from '../model/modelError.ts';
import { TranscriptWriteError } from '../sessions/session.ts';
import type { TurnEnd } from './turnDeps.ts';

/** Another window writes this session: what is said here would be lost. */
export class SessionReadOnlyError extends Error {
  override readonly name = 'SessionReadOnlyError';
}

export function toTurnFailure(error: unknown): Failure {
  if (error instanceof SessionReadOnlyError) {
    return {
      kind: 'storage',
      title: 'This conversation is open in another window',
      detail: 'Only one window can write to it. Go on there, or start a new session here.',
      actions: [],
    };
  }
  if (error instanceof TranscriptWriteError) {
    const cause = error.cause instanceof Error ? ` ${error.cause.message}` : '';
    return {
      kind: 'storage',
      title: 'The conversation could not be saved',
      detail: `${error.message}${cause} Nothing is lost: free some space or mend the folder, then try again.`,
      actions: ['retry', 'open_log'],
    };
  }
  return toFailure(error, { canContinue: false });
}

export function toErrors({ failure, interrupted, subtype }: TurnEnd): string[] {
  if (failure !== undefined) return [`${failure.title}. ${failure.detail}`];
  if (interrupted) return ['The turn was stopped by the user.'];
  if (subtype === 'error_max_turns') return ['The limit on model requests in one turn was reached.'];
  if (subtype === 'error_max_budget_usd') return ["The limit on this session's cost was reached."];
  if (subtype === 'error_max_structured_output_retries')
    return ['The model did not give its answer in the form that was asked for, after several tries.'];
  return [];
}
