/** Failures of a model in words for a person: what happened, what to do, and the buttons for it. */
import type { Failure } from '../../protocol/failure.ts';
import type { ModelError } from './modelError.ts';

type Wording = Pick<Failure, 'title' | 'detail' | 'actions'>;

export function describeModelError(error: ModelError): Failure {
  const wording = word(error);
  return {
    kind: error.kind,
    ...wording,
    detail: [wording.detail, ...trailer(error)].join(' '),
    ...(error.status === undefined ? {} : { status: error.status }),
  };
}

/** A defect of Belay, or of something it stands on. */
export function describeUnexpected(message: string): Failure {
  return {
    kind: 'internal',
    title: 'Something went wrong inside Belay',
    detail: `${sentence(message)} The conversation is kept. Try again; if it happens again, the log has the details.`,
    actions: ['retry', 'open_log'],
  };
}

function word(error: ModelError): Wording {
  const host = error.host ?? 'the model provider';
  const said = sentence(error.message);
  switch (error.kind) {
    case 'no_provider':
      return {
        title: 'No API key is set',
        detail: 'Belay needs a key to ask the model. Set one, or choose another provider.',
        actions: ['set_key', 'choose_provider'],
      };
    case 'authentication':
      return {
        title: 'The API key was not accepted',
        detail: `${said} Set a key that is valid for ${host}; the conversation then goes on where it stopped.`,
        actions: ['set_key', 'choose_provider', 'retry'],
      };
    case 'permission':
      // VS Code's own word for a model whose owner, or whose user, has not let Belay use it.
      if (error.code === 'NoPermissions') {
        return {
          title: 'VS Code did not let Belay use this model',
          detail: said,
          actions: ['retry', 'choose_model', 'choose_provider'],
        };
      }
      return {
        title: 'The account may not do this',
        detail: `${said} Check what the key may use, or choose another model or key.`,
        actions: ['choose_model', 'set_key', 'choose_provider', 'retry'],
      };
    case 'billing':
      return {
        title: 'The account has reached its limit',
        detail: `${said} Add credit or raise the spending limit at the provider, then try again; or use another key.`,
        actions: ['retry', 'set_key', 'choose_provider'],
      };
    case 'rate_limit':
      return {
        title: 'Too many requests',
        detail: `${said} Wait a little and try again, or choose another model.`,
        actions: ['retry', 'choose_model'],
      };
    case 'overloaded':
      return {
        title: 'The model is overloaded',
        detail:
          'The provider has more to do than it can right now. Try again in a while, or choose another model.',
        actions: ['retry', 'choose_model'],
      };
    case 'network':
      return {
        title: `No connection to ${host}`,
        detail: `${said} Check the network, the VPN and the proxy settings, then try again.`,
        actions: ['retry', 'choose_provider', 'open_log'],
      };
    case 'certificate':
      return {
        title: `The connection to ${host} can't be trusted`,
        detail: `${said} Often a proxy or a virus scanner reads the traffic: add its certificate to those the system trusts (or name it in NODE_EXTRA_CA_CERTS) and restart. A wrong clock can be the cause, too.`,
        actions: ['retry', 'open_log'],
      };
    case 'server':
      return {
        title: 'The provider had an error',
        detail: `${said} This is on the side of ${host}. Try again in a while.`,
        actions: ['retry', 'choose_model', 'open_log'],
      };
    case 'invalid_request':
      return {
        title: 'The provider refused the request',
        detail: `${said} Asking again would not help: rewind to before the last message and word it differently, or choose another model.`,
        actions: ['choose_model', 'open_log'],
      };
    case 'model_not_found':
      return {
        title: 'The model is not there',
        detail: `${said} Choose another model, or check the address of the provider.`,
        actions: ['choose_model', 'choose_provider'],
      };
    case 'prompt_too_long':
      return {
        title: 'The conversation no longer fits the model',
        detail: `${said} Rewind the conversation, start a new session, or choose a model that holds more.`,
        actions: ['choose_model'],
      };
    case 'bad_response':
      return {
        title: 'The answer was not one of a model',
        detail: `${said} A proxy or a sign-in page may stand between Belay and ${host}, or the address may be wrong.`,
        actions: ['retry', 'choose_provider', 'open_log'],
      };
    case 'stream_broken':
      return {
        title: 'The reply broke off',
        detail: `${said} Nothing that was not complete has been run. Check the network and try again.`,
        actions: ['retry', 'open_log'],
      };
    case 'internal':
      return describeUnexpected(error.message);
    default:
      return error.kind satisfies never;
  }
}

function trailer({ retryAfterMs, requestId, kind }: ModelError): string[] {
  return [
    ...(retryAfterMs !== undefined && kind === 'rate_limit'
      ? [`The provider asks to wait ${inWords(retryAfterMs)}.`]
      : []),
    ...(requestId === undefined ? [] : [`(Request ${requestId})`]),
  ];
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

/** The text with a full stop, cut to what a person will read. */
function sentence(text: string): string {
  const short = text.trim().length > 400 ? `${text.trim().slice(0, 400)}…` : text.trim();
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
