import { describe, expect, test } from 'vitest';
import { webByteWork } from '../../../src/core/checkpoints/byteWork.ts';
import { nodeByteWork } from '../../../src/node/byteWork.ts';

const here = { ...webByteWork, ...nodeByteWork };

describe.each([
  ['nothing', new Uint8Array()],
  ['a little', new TextEncoder().encode('one\n'.repeat(100))],
  ['more than is done at once', new TextEncoder().encode('two\n'.repeat(100_000))],
  ['a part of something larger', new TextEncoder().encode('three\n'.repeat(100)).subarray(7, 91)],
])('%s', (_, bytes) => {
  test('has the same name and the same checksum as anywhere', async () => {
    expect(await here.sha256(bytes)).toBe(await webByteWork.sha256(bytes));
    expect(here.crc32(bytes)).toBe(webByteWork.crc32(bytes));
  });

  test('is packed so that it is read anywhere, and reads what was packed anywhere', async () => {
    expect(new Uint8Array(await webByteWork.inflate(await here.deflate(bytes)))).toEqual(bytes);
    expect(new Uint8Array(await here.inflate(await webByteWork.deflate(bytes)))).toEqual(bytes);
  });
});

test('what is no packed content is refused', async () => {
  await expect(here.inflate(new Uint8Array([255, 255, 255]))).rejects.toThrow();
  await expect(here.inflate(new Uint8Array(300_000).fill(255))).rejects.toThrow();
});
