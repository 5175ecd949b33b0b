/** What a row says of its runs. */

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** From the least to the most, with so many decimals. */
export function spread(values: readonly number[], decimals = 0): string {
  return `${Math.min(...values).toFixed(decimals)}–${Math.max(...values).toFixed(decimals)}`;
}
