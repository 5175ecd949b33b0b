/** What a server offers, read page by page. Part of the chunk of mcpClient.ts. */
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import * as z from 'zod';

export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

const MAX_PAGES = 50;
const MAX_ITEMS = 500;

/** As listed, unchecked; empty where the server has none of them. */
export async function listAll(
  kind: 'tools' | 'prompts' | 'resources',
  client: Client,
  limits: Limits,
): Promise<readonly unknown[]> {
  if (client.getServerCapabilities()?.[kind] === undefined) return [];
  const schema = z.looseObject({ [kind]: z.array(z.unknown()), nextCursor: z.string().optional() });
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES && items.length < MAX_ITEMS; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { nextCursor, [kind]: more } = await client.request(
      { method: `${kind}/list`, params },
      schema,
      limits,
    );
    if (Array.isArray(more)) items.push(...more);
    if (typeof nextCursor !== 'string') break;
    cursor = nextCursor;
  }
  return items.slice(0, MAX_ITEMS);
}
