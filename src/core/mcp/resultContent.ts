/**
 * What a server answered to a call, as the model reads it. Text comes through, images and documents too where the API takes
 * them, all else is named; what is too long is cut, and says so.
 */
import * as z from 'zod';
import type { DocumentBlock, ImageBlock, TextBlock } from '../../protocol/blocks.ts';
import { withTrueType } from '../input/withTrueType.ts';
import { formatSize } from '../tools/formatSize.ts';
import { toWellFormed } from '../tools/wellFormed.ts';

export type ResultBlock = TextBlock | ImageBlock | DocumentBlock;

const content = z.looseObject({ type: z.string() });

/** Loose: a block of a kind that is yet to come must not void the others. */
export const callResult = z.looseObject({
  content: z.array(content).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export type CallResult = z.infer<typeof callResult>;

const media = z.looseObject({ data: z.string(), mimeType: z.string() });
const link = z.looseObject({
  uri: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
});
const embedded = z.looseObject({
  resource: z.looseObject({
    uri: z.string(),
    mimeType: z.string().optional(),
    text: z.string().optional(),
    blob: z.string().optional(),
  }),
});

/** Characters of all text together: some 25,000 tokens. */
export const MAX_TEXT = 100_000;
/** Characters of base64: what the API takes of one picture. */
const MAX_IMAGE = 5_000_000;
const MAX_DOCUMENT = 10_000_000;
const MAX_ATTACHMENTS = 20;
const MAX_BLOCKS = 500;

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Never empty. */
export function toResultBlocks({ content: blocks, structuredContent }: CallResult): readonly ResultBlock[] {
  const shown = limitAttachments(blocks.slice(0, MAX_BLOCKS).map(toBlock)).filter(
    (block) => !isEmptyText(block),
  );
  const more = blocks.length - MAX_BLOCKS;
  const marker =
    more > 0 ? [text(`[The answer was cut: ${more} of its ${blocks.length} parts are left out.]`)] : [];
  if (shown.length > 0) return [...limitText(shown), ...marker];
  if (structuredContent === undefined) return [text('(The tool answered with nothing.)')];
  return limitText([text(JSON.stringify(structuredContent))]);
}

function toBlock(block: z.infer<typeof content>): ResultBlock {
  switch (block.type) {
    case 'text':
      return text(typeof block.text === 'string' ? block.text : '');
    case 'image':
    case 'audio': {
      const parsed = media.safeParse(block);
      return parsed.success ? toMedia(parsed.data.mimeType, parsed.data.data) : unreadable(block.type);
    }
    case 'resource': {
      const parsed = embedded.safeParse(block);
      return parsed.success ? toResource(parsed.data.resource) : unreadable('resource');
    }
    case 'resource_link': {
      const parsed = link.safeParse(block);
      return parsed.success ? toLink(parsed.data) : unreadable('resource_link');
    }
    default:
      return text(`[A part of the answer is of the type "${block.type.slice(0, 100)}" and can't be shown.]`);
  }
}

function toResource({ uri, mimeType, text: body, blob }: z.infer<typeof embedded>['resource']): ResultBlock {
  if (body !== undefined) return text(`[Resource ${uri}]\n${body}`);
  if (blob === undefined) return text(`[Resource ${uri}, without content]`);
  return toMedia(mimeType ?? 'application/octet-stream', blob, uri);
}

function toLink({ uri, name, description }: z.infer<typeof link>): ResultBlock {
  const about = [name, description].filter((part) => part !== undefined).join(': ');
  return text(`[Resource link${about === '' ? '' : ` (${about})`}] ${uri}`);
}

function toMedia(type: string, data: string, uri?: string): ResultBlock {
  const what = uri === undefined ? type : `${type}, ${uri}`;
  if (!isBase64(data)) return text(`[${what}: left out, because it is not valid base64]`);
  const mediaType = type.toLowerCase();
  if (IMAGE_TYPES.has(mediaType) && data.length <= MAX_IMAGE) return toImage(mediaType, data);
  if (mediaType === 'application/pdf' && data.length <= MAX_DOCUMENT) {
    return { type: 'document', source: { type: 'base64', media_type: mediaType, data } };
  }
  return text(`[${what}, ${formatSize(Math.floor((data.length * 3) / 4))}: can't be shown]`);
}

function toImage(mediaType: string, data: string): ResultBlock {
  const block: ImageBlock = { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
  const mended = withTrueType(block);
  return mended.type === 'image' ? mended : block;
}

function isBase64(data: string): boolean {
  return data !== '' && data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
}

function limitAttachments(blocks: readonly ResultBlock[]): readonly ResultBlock[] {
  let attachments = 0;
  return blocks.map((block) => {
    if (block.type === 'text') return block;
    attachments += 1;
    return attachments <= MAX_ATTACHMENTS ? block : text(`[${block.type}: left out, there are too many]`);
  });
}

/** Whole blocks first; the one that is too much is cut, and the text of those behind it is left out. */
function limitText(blocks: readonly ResultBlock[]): readonly ResultBlock[] {
  const total = blocks.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
  if (total <= MAX_TEXT) return blocks;
  let room = MAX_TEXT;
  const kept = blocks.flatMap((block): readonly ResultBlock[] => {
    if (block.type !== 'text') return [block];
    const part = block.text.slice(0, room);
    room -= part.length;
    return part === '' ? [] : [text(part)];
  });
  const marker = `[The answer was cut: ${total - MAX_TEXT} of ${total} characters are left out. Ask the tool for less, or for a part.]`;
  return [...kept, text(marker)];
}

function unreadable(type: string): ResultBlock {
  return text(`[A part of the answer (${type}) is broken and can't be shown.]`);
}

function text(body: string): TextBlock {
  return { type: 'text', text: toWellFormed(body) };
}

/** The API takes no empty text block. */
function isEmptyText(block: ResultBlock): boolean {
  return block.type === 'text' && block.text.trim() === '';
}
