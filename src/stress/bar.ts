const width = 24;

/** Show how far a stage is: `██████······ 50 %  1.2 M rows/s  12 s left`. `rows` of `all` took `ms`. */
export function bar(rows: number, all: number, ms: number): string {
  const share = all === 0 ? 1 : Math.min(1, rows / all);
  const full = Math.round(share * width);
  const drawn = `${'█'.repeat(full)}${'·'.repeat(width - full)} ${Math.floor(share * 100)} %`;
  if (rows === 0 || ms === 0) return drawn;
  return `${drawn}  ${showRate(rows, ms)}  ${Math.ceil((ms * (1 / share - 1)) / 1000)} s left`;
}

/** Show a rate: `1.2 M rows/s`, `340 k rows/s`, `30 rows/s`. */
export function showRate(rows: number, ms: number): string {
  const rate = (rows * 1000) / ms;
  if (rate >= 999_500) return `${Number((rate / 1e6).toPrecision(2))} M rows/s`;
  if (rate >= 9995) return `${Math.round(rate / 1000)} k rows/s`;
  return `${Math.round(rate)} rows/s`;
}
