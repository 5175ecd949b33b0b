/** `fetch` for MCP servers on the network: an answer that has no end does not fill the memory. */

/** Bytes of a whole answer, or of one event in a stream of events. */
const MAX_ANSWER = 10 * 1024 * 1024;
const NEWLINE = 10;

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export function createCappedFetch(fetch: Fetch, maxBytes = MAX_ANSWER): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (response.body === null) return response;
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    const body = response.body.pipeThrough(createCap(maxBytes, isStream));
    const capped = new Response(body, response);
    // What a new Response does not take over.
    Object.defineProperty(capped, 'url', { value: response.url });
    return capped;
  };
}

/** In a stream of events it is a line that must end: an event of many lines is as good as several. */
function createCap(maxBytes: number, isStream: boolean): TransformStream<Uint8Array, Uint8Array> {
  let counted = 0;
  return new TransformStream({
    transform(piece, controller) {
      const end = isStream ? piece.lastIndexOf(NEWLINE) : -1;
      counted = end === -1 ? counted + piece.length : piece.length - end - 1;
      if (counted > maxBytes) controller.error(new Error(`It sent more than ${maxBytes} bytes at once.`));
      else controller.enqueue(piece);
    },
  });
}
