/** Hooks that the client runs: it names them with `initialize` and is asked by `hook_callback`. */
import type { Peer } from '../../channel/peer.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { HookEvent } from './hookEvents.ts';
import { type Hook, type HookSource, toTimeoutMs } from './hookSource.ts';
import { matchesHook } from './matchHook.ts';
import { parseHookOutput } from './parseHookOutput.ts';

export type CallbackTable = NonNullable<RequestOf<'initialize'>['hooks']>;

export interface CallbackHooks extends HookSource {
  /** Takes the place of what was set before. */
  set(table: CallbackTable): void;
}

export function createCallbackHooks(request: Peer['request']): CallbackHooks {
  let table: CallbackTable = {};
  return {
    set(next) {
      table = next;
    },
    hooksFor: (event, subject) =>
      (Object.hasOwn(table, event) ? (table[event] ?? []) : [])
        .filter(({ matcher }) => matchesHook(matcher, subject))
        .flatMap(({ hookCallbackIds, timeout, onFailure }) =>
          hookCallbackIds.map((id) => createHook(id, { event, timeout, onFailure, request })),
        ),
  };
}

interface CallbackParts {
  readonly event: HookEvent;
  readonly timeout: number | null | undefined;
  readonly onFailure: Hook['onFailure'] | null | undefined;
  readonly request: Peer['request'];
}

function createHook(id: string, { event, timeout, onFailure, request }: CallbackParts): Hook {
  return {
    timeoutMs: toTimeoutMs(timeout),
    onFailure: onFailure ?? 'continue',
    async run(payload, { toolUseId, signal }) {
      const answer = await request(
        'hook_callback',
        {
          callback_id: id,
          input: payload,
          ...(toolUseId === undefined ? {} : { tool_use_id: toolUseId }),
        },
        { signal },
      );
      return { answered: parseHookOutput(event, answer), stdout: JSON.stringify(answer) ?? '', stderr: '' };
    },
  };
}
