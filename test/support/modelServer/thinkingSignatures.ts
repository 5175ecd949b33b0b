/**
 * Preserved thinking: a thinking block is signed over everything that came before it (system prompt, tools, messages), so
 * that any edit of the past is seen when the block comes back. Cache marks are no part of that, nor is how content is
 * divided into messages of the same role.
 */
import { createHash, createHmac } from 'node:crypto';
import type { ApiBlock, ApiRequest } from './apiRequest.ts';

const SECRET = 'the scripted model';

/** Hash over all that came so far; grows block by block. */
export class PrefixHash {
  #hash = '';

  static of({ system, tools }: Pick<ApiRequest, 'system' | 'tools'>): PrefixHash {
    const prefix = new PrefixHash();
    prefix.#add({ system: typeof system === 'string' ? [{ type: 'text', text: system }] : (system ?? []) });
    prefix.#add({ tools: tools ?? [] });
    return prefix;
  }

  add(role: string, block: ApiBlock): void {
    if (block.type === 'text' && block.text === '') return;
    this.#add([role, block]);
  }

  /** Of a thinking block that stands here, made by this model. */
  sign(model: string, thinking: string): string {
    const mac = createHmac('sha256', SECRET)
      .update(JSON.stringify([this.#hash, model, thinking]))
      .digest('base64');
    return Buffer.from(`${model} ${mac}`).toString('base64');
  }

  #add(part: unknown): void {
    this.#hash = createHash('sha256')
      .update(this.#hash)
      .update(JSON.stringify(toCanonical(part)))
      .digest('hex');
  }
}

/** The model that made a signature; undefined when nobody here did. */
export function readSigner(signature: unknown): string | undefined {
  if (typeof signature !== 'string') return undefined;
  const [model, mac] = Buffer.from(signature, 'base64').toString('utf8').split(' ');
  return mac === undefined ? undefined : model;
}

/** Sorted keys, without cache marks and without fields that are null. */
function toCanonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCanonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, field]) => key !== 'cache_control' && field !== null);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, toCanonical(field)]),
  );
}
