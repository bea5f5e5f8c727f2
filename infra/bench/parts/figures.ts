/** The value below which this share of the numbers lies (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Middle and tail of some numbers, rounded. */
export function figures(numbers: readonly number[]): { n: number; p50: number; p99: number; max: number } {
  const [p50, p99, max] = [0.5, 0.99, 1].map(share => Math.round(percentile(numbers, share)));
  return { n: numbers.length, p50: p50!, p99: p99!, max: max! };
}
