/** A stream of events that contradicts itself, so that no reply can be made of it. */
export type StreamErrorKind =
  /** An event of a reply before its `message_start`. */
  | 'not_started'
  | 'started_twice'
  /** A block index that was never started, was started twice, or was already ended. */
  | 'wrong_block'
  /** The reply ended with a block still open. */
  | 'open_block'
  /** An event after `message_stop`. */
  | 'after_end'
  /** The stream ended without `message_stop`. */
  | 'incomplete';

export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly kind: StreamErrorKind;

  constructor(kind: StreamErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
