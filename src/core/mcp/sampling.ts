/** What an MCP server wants of the model: shown to a person, asked when they agree, and paid for by the session. */
import type { Peer } from '../../channel/peer.ts';
import type { RequestOf } from '../../protocol/control.ts';
import type { BesideQuestion, BesideReply } from '../loop/askBeside.ts';

/** As a server has asked it, before it is known which model would answer. */
export type SampleQuestion = Pick<
  RequestOf<'belay/mcp_sample'>,
  'mcp_server_name' | 'messages' | 'system_prompt' | 'model_hints' | 'max_tokens'
>;

export type SampleAnswer =
  | Extract<BesideReply, { kind: 'answer' }>
  /** Nobody wanted it to be asked. */
  | { readonly kind: 'refused' }
  /** `problem`: for the server, without a full stop. */
  | { readonly kind: 'failed'; readonly problem: string };

/** Rejects with the signal's reason only. */
export type Sample = (question: SampleQuestion, signal: AbortSignal) => Promise<SampleAnswer>;

export interface SampleDeps {
  readonly request: Peer['request'];
  /** Id of the session's model. */
  readonly model: () => string;
  readonly askModel: (question: BesideQuestion, signal: AbortSignal) => Promise<BesideReply>;
  /** The session has cost what it may. */
  readonly isSpent: () => boolean;
}

export function createSample({ request, model, askModel, isSpent }: SampleDeps): Sample {
  return async (question, signal) => {
    if (isSpent()) return { kind: 'failed', problem: 'The session has cost what it may' };
    const asked = { ...question, model: model() };
    if (!(await isAccepted(asked, { request, signal }))) return { kind: 'refused' };
    return askModel(
      {
        system: asked.system_prompt,
        messages: asked.messages,
        model: asked.model,
        maxTokens: asked.max_tokens,
      },
      signal,
    );
  };
}

interface Asking {
  readonly request: Peer['request'];
  readonly signal: AbortSignal;
}

/** A client that knows no such request says so with an error; one that has gone says nothing. */
async function isAccepted(
  asked: RequestOf<'belay/mcp_sample'>,
  { request, signal }: Asking,
): Promise<boolean> {
  try {
    return (await request('belay/mcp_sample', asked, { signal })).action === 'accept';
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
