/** Files given along with a message: what is taken, how large it may be, and the content block it becomes. */
import type { ContentBlock } from '../../src/protocol/blocks.ts';
import { IMAGE_TYPES } from '../blocks/ImageView.tsx';
import { formatBytes } from '../view/format.ts';

export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly block: ContentBlock;
  /** A picture of it (data URL); null: none. */
  readonly thumbnail: string | null;
}

export type AttachmentOutcome =
  | { readonly kind: 'taken'; readonly attachment: Attachment }
  | { readonly kind: 'refused'; readonly problem: string };

/** Bytes. The limits are those of the Messages API (5 MB an image in base64, 32 MB a request). */
const LIMITS = { image: 3_750_000, pdf: 20_000_000, text: 500_000 } as const;
export const COUNT_LIMIT = 20;

export async function readAttachment(file: File, id: string): Promise<AttachmentOutcome> {
  const name = file.name === '' ? 'pasted image' : file.name;
  if (file.type.startsWith('image/')) return readImage(file, { id, name });
  if (file.type === 'application/pdf') return readPdf(file, { id, name });
  return readText(file, { id, name });
}

interface Naming {
  readonly id: string;
  readonly name: string;
}

async function readImage(file: File, { id, name }: Naming): Promise<AttachmentOutcome> {
  if (!IMAGE_TYPES.includes(file.type))
    return refuse(`${name}: only PNG, JPEG, GIF and WebP images can be sent.`);
  if (file.size > LIMITS.image) return refuse(tooLarge(name, file.size, LIMITS.image));
  const data = await toBase64(file);
  const block: ContentBlock = { type: 'image', source: { type: 'base64', media_type: file.type, data } };
  return { kind: 'taken', attachment: { id, name, block, thumbnail: `data:${file.type};base64,${data}` } };
}

async function readPdf(file: File, { id, name }: Naming): Promise<AttachmentOutcome> {
  if (file.size > LIMITS.pdf) return refuse(tooLarge(name, file.size, LIMITS.pdf));
  const source = { type: 'base64' as const, media_type: file.type, data: await toBase64(file) };
  return {
    kind: 'taken',
    attachment: { id, name, block: { type: 'document', source, title: name }, thumbnail: null },
  };
}

async function readText(file: File, { id, name }: Naming): Promise<AttachmentOutcome> {
  if (file.size > LIMITS.text) return refuse(tooLarge(name, file.size, LIMITS.text));
  const text = decodeText(await file.arrayBuffer());
  if (text === null) return refuse(`${name}: only images, PDF and text files can be sent.`);
  const source = { type: 'text' as const, media_type: 'text/plain' as const, data: text };
  return {
    kind: 'taken',
    attachment: { id, name, block: { type: 'document', source, title: name }, thumbnail: null },
  };
}

function refuse(problem: string): AttachmentOutcome {
  return { kind: 'refused', problem };
}

function tooLarge(name: string, size: number, limit: number): string {
  return `${name} has ${formatBytes(size)}; ${formatBytes(limit)} is the most that can be sent.`;
}

/** null: not text. */
function decodeText(bytes: ArrayBuffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  const step = 0x8000;
  for (let start = 0; start < bytes.length; start += step) {
    binary += String.fromCharCode(...bytes.subarray(start, start + step));
  }
  return btoa(binary);
}
