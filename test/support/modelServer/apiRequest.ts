/** A request to the Messages API as it came, before anything in it has been checked. */
export type ApiBlock = Readonly<Record<string, unknown>> & { readonly type: string };

export interface ApiMessage {
  readonly role: string;
  readonly content: string | readonly ApiBlock[];
}

export interface ApiRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly ApiMessage[];
  readonly system?: string | readonly ApiBlock[];
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
  readonly stream?: boolean;
  readonly [field: string]: unknown;
}

export function blocksOf({ content }: ApiMessage): readonly ApiBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** A request the API would refuse: status, type and message of its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly type: string;

  constructor(message: string, { status = 400, type = 'invalid_request_error' } = {}) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Refuses unless the condition holds. */
export function demand(condition: boolean, message: string): void {
  if (!condition) throw new Refusal(message);
}
