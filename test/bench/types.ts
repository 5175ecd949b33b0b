/** One measurement: a line in the table of `npm run bench`. A file test/bench/NAME.bench.ts exports by default a function
 * `() => Promise<BenchRow[]>`, which runs in a process of its own. */
export interface BenchRow {
  /** What was measured, such as "accumulate 1 MB of tool input". */
  readonly name: string;
  /** Our figure: the median of the runs, in `unit`. */
  readonly ours: number;
  /** The peer's figure, measured in turn with ours in the same run. */
  readonly peer?: number;
  /** Such as "ms", "MB", "MB/s". */
  readonly unit: string;
  /** How many times better ours is than the peer's; above 1 is better. */
  readonly ratio?: number;
  /** What is to be reached, for a reader, such as "≤ 5 ms" or "≥ 2×". */
  readonly target: string;
  readonly pass: boolean;
  /** How far the runs lay apart, such as "4.1–5.0". */
  readonly spread?: string;
}
