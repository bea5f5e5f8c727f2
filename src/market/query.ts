import type { Coin } from './coins.ts';
import { type ChangeSpan, changeSpans, type ErrorAnswer } from './schema.ts';

/** A request's parameters as they came. */
export type Parameters = Record<string, string | undefined>;

/** A refusal in CoinGecko's form: the status and the body to answer with. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorAnswer;
  constructor(status: number, body: ErrorAnswer | string) {
    super(typeof body === 'string' ? body : JSON.stringify(body));
    this.name = 'Refusal';
    this.status = status;
    this.body = typeof body === 'string' ? { error: body } : body;
  }
}

/** Fixed, synthetic rates: units of the currency for one USD. */
const rates: Record<string, number> = {
  usd: 1,
  eur: 0.92,
  gbp: 0.79,
  chf: 0.88,
  jpy: 150,
  cny: 7.2,
  inr: 84,
  krw: 1350,
  brl: 5.4,
  aud: 1.5,
  cad: 1.38,
};

/** How money is shown: `rate` units of `currency` for one USD, prices with `precision` decimals (null: the coin's own). */
export type Money = { currency: string; rate: number; precision: number | null };

export function readMoney(currency: string, precision: string | undefined): Money {
  const rate = Object.hasOwn(rates, currency.toLowerCase()) ? rates[currency.toLowerCase()] : undefined;
  if (rate === undefined) throw new Refusal(400, 'invalid vs_currency');
  if (precision !== undefined && precision !== 'full' && !/^(\d|1[0-8])$/.test(precision))
    throw new Refusal(422, 'precision must be full or 0 to 18');
  return {
    currency: currency.toLowerCase(),
    rate,
    precision: precision === undefined || precision === 'full' ? null : Number(precision),
  };
}

/** Read a comma list; undefined when the parameter is missing or empty. */
export const readList = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map(part => part.trim())
    .filter(Boolean) || undefined;

function readWhole(name: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new Refusal(422, `${name} must be a whole number from 1 to ${most}`);
  return value;
}

export const required = (name: string, text: string | undefined): string => {
  if (!text) throw new Refusal(422, `Missing parameter ${name}`);
  return text;
};

const orders = ['market_cap', 'volume', 'id'].flatMap(by => [`${by}_desc`, `${by}_asc`]);

/** The parameters of `GET /coins/markets`, read and checked. */
export type MarketsQuery = {
  money: Money;
  wants: (coin: Coin) => boolean;
  topOfSymbol: boolean; // only the highest ranked coin of each symbol asked for
  order: string;
  perPage: number;
  page: number;
  sparkline: boolean;
  changes: ChangeSpan[];
};

/**
 * Read the parameters of `/coins/markets`; of ids, names and symbols the first one given decides, as in the contract.
 *
 * @throws Refusal 400 or 422 in CoinGecko's form
 */
export function readMarketsQuery(parameters: Parameters): MarketsQuery {
  const money = readMoney(required('vs_currency', parameters.vs_currency), parameters.precision);
  const order = parameters.order ?? 'market_cap_desc';
  if (!orders.includes(order)) throw new Refusal(422, `order must be one of ${orders.join(', ')}`);
  const asked = readList(parameters.price_change_percentage) ?? [];
  const changes = changeSpans.filter(span => asked.includes(span));
  if (changes.length < asked.length) throw new Refusal(422, `price_change_percentage knows ${changeSpans.join(', ')}`);
  const [ids, names, symbols] = [parameters.ids, parameters.names, parameters.symbols].map(
    text => readList(text) && new Set(readList(text)!.map(one => one.toLowerCase())),
  );
  const chosen = (coin: Coin): boolean => {
    if (ids) return ids.has(coin.id);
    if (names) return names.has(coin.name.toLowerCase());
    return !symbols || symbols.has(coin.symbol);
  };
  return {
    money,
    wants: coin => chosen(coin) && (!parameters.category || coin.category === parameters.category),
    topOfSymbol: !ids && !names && symbols !== undefined && parameters.include_tokens !== 'all',
    order,
    perPage: readWhole('per_page', parameters.per_page, 100, 250),
    page: readWhole('page', parameters.page, 1, 10_000),
    sparkline: parameters.sparkline === 'true',
    changes,
  };
}

/** The parameters of `GET /coins/{id}/market_chart`, read and checked. */
export type ChartQuery = { money: Money; days: number; step: '5 minutes' | 'hourly' | 'daily' };

const chartDays = 365; // the demo plan looks back one year

/** @throws Refusal 401, 400 or 422 in CoinGecko's form */
export function readChartQuery(parameters: Parameters): ChartQuery {
  const money = readMoney(required('vs_currency', parameters.vs_currency), parameters.precision);
  const text = required('days', parameters.days);
  if (/^\d+$/.test(text) && Number(text) > chartDays)
    throw new Refusal(401, {
      error: {
        status: { error_code: 10012, error_message: `This plan looks back ${chartDays} days; ${text} were asked for.` },
      },
    });
  const days = text === 'max' ? chartDays : readWhole('days', text, 1, chartDays);
  const { interval } = parameters;
  if (interval !== undefined && interval !== 'hourly' && interval !== 'daily')
    throw new Refusal(422, 'interval must be hourly or daily');
  return { money, days, step: interval ?? (days === 1 ? '5 minutes' : days <= 90 ? 'hourly' : 'daily') };
}
