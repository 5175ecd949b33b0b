/** What a person may attach, and what the Messages API takes of it (https://docs.anthropic.com/en/docs/build-with-claude/vision). */
import type { ContentBlock } from '../../protocol/blocks.ts';

const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Bytes of an image, before base64: the API counts 5 MB in base64. */
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;
/** Bytes of a document, before base64: the whole request may hold 32 MB. */
const MAX_DOCUMENT_BYTES = 23 * 1024 * 1024;

/** What is wrong with the block, in words for a person; undefined when nothing is. */
export function findInputProblem(block: ContentBlock): string | undefined {
  switch (block.type) {
    case 'image':
      return findImageProblem(block.source);
    case 'document':
      return findDocumentProblem(block.source);
    case 'tool_use':
    case 'thinking':
    case 'redacted_thinking':
    case 'reasoning':
      return `A "${block.type}" block is the model's own and can't be part of a user message.`;
    default:
      return undefined;
  }
}

type Source = Extract<ContentBlock, { type: 'image' | 'document' }>['source'];

function findImageProblem(source: Source): string | undefined {
  if (source.type !== 'base64') return undefined;
  if (!IMAGE_TYPES.has(source.media_type)) {
    return `Images of type ${source.media_type} can't be sent. Use PNG, JPEG, GIF or WebP.`;
  }
  return findSizeProblem('image', source.data, MAX_IMAGE_BYTES);
}

function findDocumentProblem(source: Source): string | undefined {
  if (source.type !== 'base64') return undefined;
  if (source.media_type !== 'application/pdf') {
    return `Documents of type ${source.media_type} can't be sent. Use PDF or plain text.`;
  }
  return findSizeProblem('document', source.data, MAX_DOCUMENT_BYTES);
}

function findSizeProblem(what: string, base64: string, limit: number): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return `The ${what} is damaged: its data is not base64.`;
  const bytes = Math.floor((base64.length * 3) / 4);
  if (bytes <= limit) return undefined;
  const toMegabytes = (size: number): string => (size / 1024 / 1024).toFixed(1);
  return `The ${what} has ${toMegabytes(bytes)} MB; at most ${toMegabytes(limit)} MB can be sent. Make it smaller first.`;
}
