/** Requests of the agent that wait for the person, in the order they came. */
import type { RequestOf } from '../../src/protocol/control.ts';
import type { PermissionResult } from '../../src/protocol/permissions.ts';

export interface PermissionRequest {
  /** Ours, for keys; the protocol's request id stays with the peer. */
  readonly key: string;
  readonly request: RequestOf<'can_use_tool'>;
  /** Answers once; later calls do nothing. */
  readonly answer: (result: PermissionResult) => void;
}

export interface PermissionRequests {
  get(): readonly PermissionRequest[];
  subscribe(listener: () => void): () => void;
  /** Resolves with what the person answers; rejects when the agent cancels or the channel closes. */
  ask(request: RequestOf<'can_use_tool'>, signal: AbortSignal): Promise<PermissionResult>;
}

export function createPermissionRequests(): PermissionRequests {
  const listeners = new Set<() => void>();
  let waiting: readonly PermissionRequest[] = [];
  let count = 0;

  function change(next: readonly PermissionRequest[]): void {
    waiting = next;
    for (const listener of [...listeners]) listener();
  }

  return {
    get: () => waiting,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask(request, signal) {
      count += 1;
      const key = `permission:${count}`;
      return new Promise((resolve, reject) => {
        const remove = (): void => change(waiting.filter((other) => other.key !== key));
        const answer = (result: PermissionResult): void => {
          if (!waiting.some((other) => other.key === key)) return;
          remove();
          // What runs is checked against the digest of what was shown.
          resolve(request.digest === undefined ? result : { ...result, digest: request.digest });
        };
        signal.addEventListener('abort', () => {
          remove();
          reject(signal.reason);
        });
        change([...waiting, { key, request, answer }]);
      });
    },
  };
}
