/**
 * Hooks that are servers: the event is sent as JSON (POST), and a 2xx answer is read like what a command prints. Any other
 * answer, and none, is a failure. Nothing is followed, and nothing on a private network is asked; this machine itself only
 * for a hook that the user has written.
 */
import type { HttpHook } from '../../protocol/hooks.ts';
import type { Web, WebAnswer } from '../ports.ts';
import type { HookEvent } from './hookEvents.ts';
import { type Hook, toTimeoutMs } from './hookSource.ts';
import { failedHook, type HookAnswered, parsePrinted } from './parseHookOutput.ts';

export interface HttpHookParts {
  readonly web: Pick<Web, 'post'>;
}

/** Bytes of an answer; a longer one is no answer. */
const MAX_BYTES = 1_000_000;

export function createHttpHook(
  hook: HttpHook,
  event: HookEvent,
  { web, allowLoopback }: HttpHookParts & { readonly allowLoopback: boolean },
): Hook {
  return {
    timeoutMs: toTimeoutMs(hook.timeout),
    onFailure: hook.onFailure ?? 'continue',
    async run(payload, { signal }) {
      const answer = await web.post(hook.url, {
        body: JSON.stringify(payload),
        headers: hook.headers ?? {},
        allowLoopback,
        maxBytes: MAX_BYTES,
        signal,
      });
      const stdout = answer.kind === 'answer' ? new TextDecoder().decode(answer.body) : '';
      return { answered: toAnswer(event, answer, stdout), stdout, stderr: '' };
    },
  };
}

function toAnswer(event: HookEvent, answer: WebAnswer, text: string): HookAnswered {
  switch (answer.kind) {
    case 'answer':
      if (answer.status < 200 || answer.status > 299)
        return failedHook(`the server answered with HTTP ${answer.status}`);
      if (answer.truncated) return failedHook(`the answer is longer than ${MAX_BYTES} bytes`);
      return parsePrinted(event, text);
    case 'redirect':
      return failedHook('the server wants it sent elsewhere, which is not done');
    case 'refused':
    case 'failed':
      return failedHook(answer.reason);
    default:
      return answer satisfies never;
  }
}
