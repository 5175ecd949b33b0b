/**
 * `crypto` as the executable knows it; the bundler puts it where its parts name the global one. The runtime's own loads much
 * for its first digest, and has another thread make each, however small.
 */
import { createHash, randomUUID, webcrypto } from 'node:crypto';

/** Bytes that are hashed at once; more would keep all else waiting. */
const AT_ONCE = 1 << 18;

const lightCrypto = {
  randomUUID,
  getRandomValues: <Values extends Uint8Array>(values: Values): Values => webcrypto.getRandomValues(values),
  subtle: {
    async digest(algorithm: string, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
      if (algorithm !== 'SHA-256' || data.byteLength > AT_ONCE)
        return webcrypto.subtle.digest(algorithm, data);
      return Uint8Array.from(createHash('sha256').update(data).digest()).buffer;
    },
  },
};

export { lightCrypto as crypto };
