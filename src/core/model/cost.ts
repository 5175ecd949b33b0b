/** What a reply costs. */
import type { Usage } from '../../protocol/streamEvents.ts';
import type { ModelRow } from './modelTable.ts';

const PER_MILLION = 1_000_000;

/** US dollars; undefined where no price is known. The price tier goes by the whole prompt, cached or not. */
export function priceUsage(row: ModelRow, usage: Usage): number | undefined {
  const written = usage.cache_creation_input_tokens ?? 0;
  const read = usage.cache_read_input_tokens ?? 0;
  const prompt = usage.input_tokens + written + read;
  const price = row.prices?.find(({ upToPromptTokens }) => prompt <= upToPromptTokens)?.price;
  if (price === undefined) return undefined;
  const writtenFor1h = Math.min(usage.cache_creation?.ephemeral_1h_input_tokens ?? 0, written);
  const dollars =
    usage.input_tokens * price.input +
    usage.output_tokens * price.output +
    read * price.cacheRead +
    (written - writtenFor1h) * price.cacheWrite5m +
    writtenFor1h * price.cacheWrite1h;
  return dollars / PER_MILLION;
}
