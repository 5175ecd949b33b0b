/** Browsers that come back from logins: each is expected once, by the `state` that it was sent away with. */

export interface LoginReturns {
  /** The query it comes back with; undefined: `signal` was aborted before. */
  wait(state: string, signal: AbortSignal): Promise<string | undefined>;
  /** False: nobody waits for that. */
  take(query: string): boolean;
}

export function createLoginReturns(): LoginReturns {
  const waiting = new Map<string, (query: string | undefined) => void>();
  return {
    wait(state, signal) {
      return new Promise((resolve) => {
        const settle = (query: string | undefined): void => {
          waiting.delete(state);
          resolve(query);
        };
        waiting.set(state, settle);
        signal.addEventListener('abort', () => settle(undefined), { once: true });
        if (signal.aborted) settle(undefined);
      });
    },
    take(query) {
      const settle = waiting.get(new URLSearchParams(query).get('state') ?? '');
      settle?.(query);
      return settle !== undefined;
    },
  };
}

/** The editor hands the query of an address over decoded. What then looks like an escape or a blank is neither. */
export function encodeAgain(query: string): string {
  return query.replaceAll('%', '%25').replaceAll('+', '%2B');
}
