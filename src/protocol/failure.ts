/** What went wrong: in the words of the wire, and told to a person. */
import * as z from 'zod';

/** Why a reply failed, in the words of the wire. */
export const assistantError = z.enum([
  'authentication_failed',
  'billing_error',
  'rate_limit',
  'overloaded',
  'invalid_request',
  'model_not_found',
  'server_error',
  'unknown',
  'max_output_tokens',
]);
export type AssistantError = z.infer<typeof assistantError>;

/** What a person can do about a failure. The panel draws a button for each. */
export const failureAction = z.enum([
  'retry',
  'continue',
  'set_key',
  'choose_provider',
  'choose_model',
  'open_log',
]);
export type FailureAction = z.infer<typeof failureAction>;

/** A failure told to a person: what happened and what to do. */
export const failure = z.looseObject({
  kind: z.enum([
    'authentication',
    'permission',
    'billing',
    'rate_limit',
    'overloaded',
    'network',
    'certificate',
    'server',
    'invalid_request',
    'model_not_found',
    'prompt_too_long',
    'bad_response',
    'stream_broken',
    'no_provider',
    'no_workspace',
    'storage',
    'internal',
  ]),
  title: z.string(),
  detail: z.string(),
  actions: z.array(failureAction),
  status: z.number().optional(),
});
export type Failure = z.infer<typeof failure>;
