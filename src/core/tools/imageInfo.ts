/**
 * What an image is, told from its first bytes, not its name: the API refuses a request whose image isn't what it is said
 * to be, and so every later request of the conversation.
 */

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

export interface ImageSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** undefined: none of the four kinds that the API takes. */
export function findImageType(head: Uint8Array): ImageType | undefined {
  if (hasText(head, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (hasText(head, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (hasText(head, 0, 'GIF87a') || hasText(head, 0, 'GIF89a')) return 'image/gif';
  if (hasText(head, 0, 'RIFF') && hasText(head, 8, 'WEBP')) return 'image/webp';
  return undefined;
}

/** undefined: the image is damaged or cut off. */
export function readImageSize(bytes: Uint8Array, type: ImageType): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = sizeReaders[type](view, bytes);
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    // DataView: beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type SizeReader = (view: DataView, bytes: Uint8Array) => ImageSize | undefined;

const sizeReaders: Readonly<Record<ImageType, SizeReader>> = {
  // https://www.w3.org/TR/png: IHDR comes first, IEND last.
  'image/png': (view, bytes) => {
    if (!hasText(bytes, 12, 'IHDR') || !hasText(bytes, bytes.length - 8, 'IEND')) return undefined;
    return { width: view.getUint32(16), height: view.getUint32(20) };
  },
  // https://www.w3.org/Graphics/GIF/spec-gif89a.txt
  'image/gif': (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  'image/jpeg': readJpegSize,
  'image/webp': readWebpSize,
};

/** ITU T.81: segments of a marker and a length; the size stands in the frame header (SOF0 … SOF15). */
function readJpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  while (true) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    // 0xff may be repeated before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Markers without content: RST0 … RST7, SOI, TEM.
    const isBare = (marker >= 0xd0 && marker <= 0xd8) || marker === 0x01;
    at += isBare ? 2 : 2 + view.getUint16(at + 2);
  }
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function readWebpSize(view: DataView, bytes: Uint8Array): ImageSize | undefined {
  if (view.getUint32(4, true) + 8 > bytes.length) return undefined;
  if (hasText(bytes, 12, 'VP8X')) return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
  if (hasText(bytes, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!hasText(bytes, 12, 'VP8 ')) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
