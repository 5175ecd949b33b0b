/**
 * An image that claims another type than its bytes have: the API refuses it, and a person can't see why (a screenshot saved
 * under the wrong name). The bytes are believed.
 */
import type { ContentBlock } from '../../protocol/blocks.ts';

/** The first bytes of each type, in base64. */
const BEGINNINGS: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^iVBORw0KGgo/],
  ['image/jpeg', /^\/9j\//],
  ['image/gif', /^R0lGODlh|^R0lGODdh/],
  // "RIFF", four bytes of length, "WEBP"
  ['image/webp', /^UklGR.{6}XRUJQ/],
];

/** The block itself when its type is right, or can't be told. */
export function withTrueType(block: ContentBlock): ContentBlock {
  if (block.type !== 'image' || block.source.type !== 'base64') return block;
  const { media_type, data } = block.source;
  const beginning = data.slice(0, 24);
  const found = BEGINNINGS.find(([, pattern]) => pattern.test(beginning))?.[0];
  if (found === undefined || found === media_type) return block;
  return { ...block, source: { ...block.source, media_type: found } };
}
