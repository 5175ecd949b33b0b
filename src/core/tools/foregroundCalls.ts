/** Calls of a turn that could go on in the background, and the wish that they do. */

export interface ForegroundCall {
  /**
   * Settles as the step does, unless the call is to go on in the background before that. (A race with one promise for all
   * steps would keep what each of them gave.)
   */
  orMoved<Value>(step: Promise<Value>): Promise<Value | 'moved'>;
  /** It has ended, or is one of the background now. */
  end(): void;
}

export interface ForegroundCalls {
  offer(toolUseId: string): ForegroundCall;
  /** Moves the call, or all; false when there is none. */
  move(toolUseId?: string): boolean;
}

export function createForegroundCalls(): ForegroundCalls {
  const waiting = new Map<string, () => void>();
  return {
    offer(toolUseId) {
      let isMoved = false;
      let wake: () => void = () => undefined;
      const move = (): void => {
        isMoved = true;
        wake();
      };
      waiting.set(toolUseId, move);
      return {
        orMoved: (step) =>
          new Promise((resolve, reject) => {
            wake = () => resolve('moved');
            if (isMoved) wake();
            step.then(resolve, reject);
          }),
        end: () => {
          if (waiting.get(toolUseId) === move) waiting.delete(toolUseId);
        },
      };
    },
    move(toolUseId) {
      const moving = [...waiting].filter(([id]) => toolUseId === undefined || id === toolUseId);
      for (const [id, move] of moving) {
        waiting.delete(id);
        move();
      }
      return moving.length > 0;
    },
  };
}

export interface FollowedTurn {
  readonly signal: AbortSignal;
  stop(reason: unknown): void;
  letGo(): void;
}

/** Aborted with the turn, until it is let go. */
export function followTurn(turn: AbortSignal): FollowedTurn {
  const own = new AbortController();
  const follow = (): void => own.abort(turn.reason);
  if (turn.aborted) follow();
  turn.addEventListener('abort', follow);
  return {
    signal: own.signal,
    stop: (reason) => own.abort(reason),
    letGo: () => turn.removeEventListener('abort', follow),
  };
}
