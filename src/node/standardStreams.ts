/** A readable and a writable stream of Node as web streams: what the core's channels take. */
import type { Readable, Writable } from 'node:stream';

/** Read no faster than it is taken; `cancel` destroys the source. */
export function toWebReadable(source: Readable): ReadableStream<Uint8Array> {
  let hasEnded = false;
  const end = (finish: () => void): void => {
    if (hasEnded) return;
    hasEnded = true;
    finish();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      source.on('data', (piece: Uint8Array) => {
        if (hasEnded) return;
        controller.enqueue(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) source.pause();
      });
      source.on('end', () => end(() => controller.close()));
      source.on('close', () => end(() => controller.close()));
      source.on('error', (error) => end(() => controller.error(error)));
      source.pause();
    },
    pull: () => void source.resume(),
    cancel: () => end(() => source.destroy()),
  });
}

/** Each write is done when the target has taken it, which is the back-pressure. `close` leaves the target open. */
export function toWebWritable(target: Writable): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start(controller) {
      target.on('error', (error) => controller.error(error));
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        target.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
  });
}
