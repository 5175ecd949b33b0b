/** CRC-32 as in ISO 3309 and zip, an unsigned 32-bit number. Tells a torn or rotten record from a whole one. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  let index = 0;
  // Four bytes at a time, each by a table of its own ("slicing-by-4", Intel 2006).
  for (const end = bytes.length - 3; index < end; index += 4) {
    const first = (crc ^ (bytes[index] ?? 0)) & 0xff;
    const second = ((crc >>> 8) ^ (bytes[index + 1] ?? 0)) & 0xff;
    const third = ((crc >>> 16) ^ (bytes[index + 2] ?? 0)) & 0xff;
    const fourth = (crc >>> 24) ^ (bytes[index + 3] ?? 0);
    crc =
      (TABLE[768 + first] ?? 0) ^
      (TABLE[512 + second] ?? 0) ^
      (TABLE[256 + third] ?? 0) ^
      (TABLE[fourth] ?? 0);
  }
  for (; index < bytes.length; index += 1)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

const POLYNOMIAL = 0xedb88320;
/** Four tables of 256: what a byte does that is followed by 0, 1, 2 or 3 others. */
const TABLE = buildTable();

function buildTable(): Uint32Array {
  const table = new Uint32Array(1024);
  for (let index = 0; index < table.length; index += 1) {
    const before = index < 256 ? index : (table[index - 256] ?? 0);
    let value = before;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    table[index] = value;
  }
  return table;
}
