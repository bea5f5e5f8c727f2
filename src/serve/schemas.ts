import { z } from 'zod';

/** Most rows of an answer. */
export const mostRows = 1000;

const instant = z
  .string()
  .refine(text => /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?$/.test(text) && !Number.isNaN(Date.parse(text)), {
    error: 'wanted a time in UTC such as 2026-03-09T12:00:00Z, or a day such as 2026-03-09',
  });

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `wanted a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine(number => number >= least && number <= most, `wanted a whole number from ${least} to ${most}`);

const coinId = z.string().min(1).max(200);

/** What every list can be asked for. */
const page = {
  limit: whole(1, mostRows).default(100).describe(`Rows of the answer, 1 to ${mostRows}`),
  offset: whole(0, 1_000_000).default(0).describe('Rows to pass over'),
};

const coin = { coin: coinId.optional().describe('CoinGecko id, such as bitcoin; all coins when left out') };
const span = {
  from: instant.optional().describe('First instant, inclusive (UTC); as far back as rows are held when left out'),
  to: instant.optional().describe('Last instant, exclusive (UTC)'),
};

export const listQuery = z.strictObject({ ...coin, ...page });
export const plainQuery = z.strictObject(page);
export const historyQuery = z.strictObject({ ...coin, ...span, ...page });
export const spanQuery = z.strictObject({ ...span, ...page });
export const coinQuery = z.strictObject({ ...span, ...page });
export const coinParams = z.strictObject({ coin: coinId });

/** Which snapshot of the lake an answer was read from. */
const snapshot = {
  version: z.int().describe("Number of the lake's snapshot; all rows are of it"),
  at: z.string().describe('When that was committed, ISO 8601, UTC'),
};

/** Who made the data: the simulated market, or CoinGecko's API, whose name must stand where its data shows. */
export const source = z.enum(['simulated', 'coingecko']).nullable();

/** A page of rows. */
export const pageOf = (row: z.ZodType) =>
  z.object({
    ...snapshot,
    source,
    attribution: z.string().nullable(),
    rows: z.array(row),
    next: z.int().nullable().describe('`offset` of the next page, null on the last'),
  });

export const refusal = z.object({
  error: z.string().describe('What was found, and what was wanted'),
});

/** Which refusals an endpoint may answer. */
export const refusals = { 400: refusal, 403: refusal, 404: refusal, 503: refusal };
