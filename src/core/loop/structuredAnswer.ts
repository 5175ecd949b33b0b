/**
 * The answer in the form of a JSON schema: taken from a StructuredOutput call, and asked for again when the model ends its
 * work without one. Lives as long as a turn.
 */
import type { ApiReply } from '../../protocol/streamEvents.ts';
import { STRUCTURED_OUTPUT } from '../tools/structuredOutput.ts';
import type { CallOutcome } from './runToolCall.ts';

/** Refused answers and missing ones, together. */
const MAX_RETRIES = 5;

export const ASK_FOR_ANSWER = `You have not given your answer yet. Call the ${STRUCTURED_OUTPUT} tool now, with input that fits its schema.`;

export class StructuredAnswer {
  #answer: { readonly value: unknown } | undefined;
  #failures = 0;

  /** undefined: none was given (yet). */
  get answer(): { readonly value: unknown } | undefined {
    return this.#answer;
  }

  /** The model has been asked so often that there is no use in another try. */
  get isHopeless(): boolean {
    return this.#failures > MAX_RETRIES;
  }

  /** Looks at what came of one call of a reply. The first answer that fits counts. */
  take(reply: ApiReply, { result, output }: CallOutcome): void {
    const isAnswer = reply.content.some(
      (block) =>
        block.type === 'tool_use' && block.id === result.tool_use_id && block.name === STRUCTURED_OUTPUT,
    );
    if (!isAnswer) return;
    if (result.is_error === true) this.#failures += 1;
    else this.#answer ??= { value: output };
  }

  /** The model ended its work without an answer. */
  miss(): void {
    this.#failures += 1;
  }
}
