// Medians and quartiles: on a machine that does other things too, means say nothing.

/** The median of many rounds, with the quartiles as its spread. */
export interface Spread {
  readonly median: number;
  readonly p25: number;
  readonly p75: number;
}

/** @throws {RangeError} There are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    p25: quantile(sorted, 0.25),
    p75: quantile(sorted, 0.75),
  };
}

/** Linear between the two nearest ranks. */
function quantile(sorted: readonly number[], fraction: number): number {
  const rank = (sorted.length - 1) * fraction;
  const low = sorted[Math.floor(rank)];
  const high = sorted[Math.ceil(rank)];
  if (low === undefined || high === undefined) throw new RangeError('No values');
  return significant(low + (high - low) * (rank - Math.floor(rank)));
}

/** Four significant digits: more would be noise in the results files. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}
