/** SHA-256 of the bytes in hexadecimal: the name of a blob. */
export async function toSha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', toPlainView(bytes)));
  return toHex(digest);
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  // Joined, since a text that is put together piece by piece keeps all its pieces for the collector.
  return Array.from(bytes, (byte) => digits[byte]).join('');
}

/** The same bytes as web APIs take them: over an ArrayBuffer that is not shared. Copies only when it must. */
export function toPlainView(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(bytes);
}
