import pl, { type DataFrame, type Expr } from 'nodejs-polars';

const hourUs = 3_600_000_000;

/**
 * Compute the features of every coin and hour from its hourly prices.
 *
 * With p the price of an hour and r = p / (p one hour before) − 1:
 * `ret_1h` = r; `ma_24`, `ma_72` = mean of p over 24, 72 hours; `vol_24h` = sample standard deviation of r over 24 hours;
 * `zscore_1h` = (r − mean of r over 24 hours) / `vol_24h`. Every window ends with the row's own hour, goes by time, and is
 * null unless each of its hours is there; the score is null as well where the returns did not differ for 24 hours.
 *
 * Each row's sums are made from its own window alone (of 2, 4, 8, then 24 hours), and not by a sum that runs along the table:
 * that would carry rounding from rows before, and a part of the table would differ from the whole in the last digits.
 * Squared deviations are joined by Chan, Golub and LeVeque's rule (1979), which does not cancel.
 *
 * @param prices - coin_id, ts (start of the hour, UTC, at most one row a coin and hour), price (USD); other columns pass
 * @returns the rows in the order of coin_id and ts, with the five features
 */
export function computeFeatures(prices: DataFrame): DataFrame {
  return prices
    .lazy()
    .sort(['coin_id', 'ts'])
    .withColumns(pl.col('ts').cast(pl.Datetime('us')).cast(pl.Int64).alias('ts_us'), col('price').alias('p1'))
    .withColumns(where(1, col('price').div(before('price', 1)).sub(1)).alias('ret_1h'))
    .withColumns(col('ret_1h').alias('r1'))
    .withColumns(join('p', 1), join('r', 1), halfSquare(col('r1').sub(before('r1', 1))).alias('d2'))
    .withColumns(join('p', 2), join('r', 2), joinDeviations(2))
    .withColumns(join('p', 4), join('r', 4), joinDeviations(4))
    .withColumns(joinThree('p', 8, 24), joinThree('r', 8, 24), deviationsOfThree(8).alias('d24'))
    .withColumns(joinThree('p', 24, 72))
    .withColumns(
      where(23, col('p24').div(24)).alias('ma_24'),
      where(71, col('p72').div(72)).alias('ma_72'),
      where(24, col('d24').div(23).pow(0.5)).alias('vol_24h'),
    )
    .withColumns(
      pl
        .when(col('vol_24h').gt(0))
        .then(col('ret_1h').sub(col('r24').div(24)).div(col('vol_24h')))
        .otherwise(pl.lit(null))
        .alias('zscore_1h'),
    )
    .select(...prices.columns)
    .collectSync();
}

const col = (name: string): Expr => pl.col(name);
const before = (name: string, rows: number): Expr => pl.col(name).shift(rows);
const halfSquare = (value: Expr): Expr => value.mul(value).div(2);

/** The value where the row `hours` rows above is of the same coin and as many hours earlier: no hour is missing between. */
function where(hours: number, value: Expr): Expr {
  const sameCoin = col('coin_id').eq(before('coin_id', hours));
  const even = col('ts_us')
    .sub(before('ts_us', hours))
    .eq(hours * hourUs);
  return pl.when(sameCoin.and(even)).then(value).otherwise(pl.lit(null));
}

/** Sum of 2n rows ("p4" from "p2"). */
const join = (name: string, n: number): Expr =>
  col(`${name}${n}`)
    .add(before(`${name}${n}`, n))
    .alias(`${name}${2 * n}`);

/** Sum of 3n rows. */
const joinThree = (name: string, n: number, to: number): Expr =>
  col(`${name}${n}`)
    .add(before(`${name}${n}`, n))
    .add(before(`${name}${n}`, 2 * n))
    .alias(`${name}${to}`);

/** Squared deviations of two neighbours of n rows each: both sums, and n/2 times the square of the distance of their means. */
const ofPair = (n: number): Expr =>
  col(`d${n}`)
    .add(before(`d${n}`, n))
    .add(halfSquare(col(`r${n}`).sub(before(`r${n}`, n))).div(n));

const joinDeviations = (n: number): Expr => ofPair(n).alias(`d${2 * n}`);

/** Squared deviations of three neighbours of n rows each: the pair above, then the third by 2n·n/3n times the square of the distance. */
function deviationsOfThree(n: number): Expr {
  const pairMean = before(`r${n}`, n)
    .add(before(`r${n}`, 2 * n))
    .div(2 * n);
  const distance = col(`r${n}`).div(n).sub(pairMean);
  return ofPair(n)
    .shift(n)
    .add(col(`d${n}`))
    .add(distance.mul(distance).mul((2 * n) / 3));
}
