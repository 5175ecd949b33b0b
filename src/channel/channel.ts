/**
 * A channel carries messages between two sides. Three exist, each small: an in-process pair, postMessage (a webview), and
 * JSON lines over streams. What is sent arrives once, in order, as a copy, or the channel is closed.
 */
export interface Channel {
  /** Never throws: on a closed channel the message is dropped. Await it where back-pressure matters. */
  send(message: unknown): Promise<void>;
  /** Ends when either side closes. May be iterated once. */
  readonly messages: AsyncIterable<unknown>;
  close(): void;
}
