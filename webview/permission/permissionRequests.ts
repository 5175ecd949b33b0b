/** What the agent and its MCP servers ask of the person, in the order it came. */
import type { RequestOf, ResponseOf } from '../../src/protocol/control.ts';
import type { ElicitationAnswer } from '../../src/protocol/mcp.ts';
import type { PermissionResult } from '../../src/protocol/permissions.ts';

export interface PermissionRequest {
  readonly kind: 'permission';
  /** Ours, for keys; the protocol's request id stays with the peer. */
  readonly key: string;
  readonly request: RequestOf<'can_use_tool'>;
  /** Answers once; later calls do nothing. */
  readonly answer: (result: PermissionResult) => void;
}

/** A form or a page of an MCP server. */
export interface ElicitationRequest {
  readonly kind: 'elicitation';
  readonly key: string;
  readonly request: RequestOf<'elicitation'>;
  readonly answer: (result: ElicitationAnswer) => void;
}

/** What an MCP server wants the model to answer. */
export interface SampleRequest {
  readonly kind: 'sample';
  readonly key: string;
  readonly request: RequestOf<'belay/mcp_sample'>;
  readonly answer: (result: SampleAnswer) => void;
}
type SampleAnswer = ResponseOf<'belay/mcp_sample'>;

export type PersonRequest = PermissionRequest | ElicitationRequest | SampleRequest;

export interface PermissionRequests {
  get(): readonly PersonRequest[];
  subscribe(listener: () => void): () => void;
  /** Resolves with what the person answers; rejects when the agent cancels or the channel closes. */
  ask(request: RequestOf<'can_use_tool'>, signal: AbortSignal): Promise<PermissionResult>;
  /** The same of what a server asks. */
  elicit(request: RequestOf<'elicitation'>, signal: AbortSignal): Promise<ElicitationAnswer>;
  /** The same of what a server wants the model to answer. */
  sample(request: RequestOf<'belay/mcp_sample'>, signal: AbortSignal): Promise<SampleAnswer>;
}

export function createPermissionRequests(): PermissionRequests {
  const listeners = new Set<() => void>();
  let waiting: readonly PersonRequest[] = [];
  let count = 0;

  function change(next: readonly PersonRequest[]): void {
    waiting = next;
    for (const listener of [...listeners]) listener();
  }

  /** `toEntry` is given how to answer, which works once. */
  function put<Answer>(
    signal: AbortSignal,
    toEntry: (key: string, answer: (result: Answer) => void) => PersonRequest,
  ): Promise<Answer> {
    count += 1;
    const key = `request:${count}`;
    return new Promise((resolve, reject) => {
      const remove = (): void => change(waiting.filter((other) => other.key !== key));
      const answer = (result: Answer): void => {
        if (!waiting.some((other) => other.key === key)) return;
        remove();
        resolve(result);
      };
      signal.addEventListener('abort', () => {
        remove();
        reject(signal.reason);
      });
      change([...waiting, toEntry(key, answer)]);
    });
  }

  return {
    get: () => waiting,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (request, signal) =>
      put<PermissionResult>(signal, (key, give) => ({
        kind: 'permission',
        key,
        request,
        // What runs is checked against the digest of what was shown.
        answer: (result) =>
          give(request.digest === undefined ? result : { ...result, digest: request.digest }),
      })),
    elicit: (request, signal) =>
      put<ElicitationAnswer>(signal, (key, answer) => ({ kind: 'elicitation', key, request, answer })),
    sample: (request, signal) =>
      put<SampleAnswer>(signal, (key, answer) => ({ kind: 'sample', key, request, answer })),
  };
}
