import { memo } from './memo.ts';
import { hourOf } from './path.ts';
import {
  type MarketsQuery,
  type Parameters,
  Refusal,
  readChartQuery,
  readList,
  readMarketsQuery,
  readMoney,
  required,
} from './query.ts';
import { inMoney, writeRow } from './row.ts';
import type { MarketChart, MarketCoin, SimplePrice } from './schema.ts';
import { openSimulation } from './simulation.ts';
import type { Tick, Ticker } from './ticks.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The answers of the simulated market: bodies as text, a function of (seed, parameters, instant in epoch milliseconds). */
export type Answers = {
  markets: (parameters: Parameters, at: number) => string;
  simplePrice: (parameters: Parameters, at: number) => string;
  marketChart: (id: string, parameters: Parameters, at: number) => string;
};

type Line = { row: MarketCoin; text: string };

/**
 * Open the answers of a seed. All throw Refusal for what CoinGecko would refuse.
 *
 * @example openAnswers(7).markets({ vs_currency: 'usd', ids: 'bitcoin' }, Date.UTC(2026, 2, 5))
 */
export function openAnswers(seed: number): Answers {
  const simulation = openSimulation(seed);
  const plain = new Map<Ticker, (at: number) => Line>(); // rows in USD without extras, by the tick they show

  const lineOf = (ticker: Ticker, tick: Tick, query: MarketsQuery): Line => {
    const write = (query: Pick<MarketsQuery, 'money' | 'sparkline' | 'changes'>, tick: Tick): Line => {
      const row = writeRow(simulation, ticker, tick, query);
      return { row, text: JSON.stringify(row) };
    };
    const { currency, precision } = query.money;
    if (currency !== 'usd' || precision !== null || query.sparkline || query.changes.length) return write(query, tick);
    let lines = plain.get(ticker);
    if (!lines) {
      lines = memo(4, at => write(usd, ticker.tickAt(at)));
      plain.set(ticker, lines);
    }
    return lines(tick.at);
  };

  const markets = (parameters: Parameters, at: number): string => {
    const query = readMarketsQuery(parameters);
    const lines = simulation.tickers
      .filter(ticker => query.wants(ticker.coin))
      .map(ticker => lineOf(ticker, ticker.tickAt(at), query))
      .sort((a, b) => compare(a.row, b.row, query.order));
    const kept = query.topOfSymbol ? lines.filter(line => line === top(lines, line.row.symbol)) : lines;
    const page = kept.slice((query.page - 1) * query.perPage, query.page * query.perPage);
    return `[${page.map(line => line.text).join(',')}]`;
  };

  const simplePrice = (parameters: Parameters, at: number): string => {
    const ids = new Set(readList(required('ids', parameters.ids)));
    const currencies = new Set(readList(required('vs_currencies', parameters.vs_currencies)!.toLowerCase()));
    const monies = [...currencies].map(currency => readMoney(currency, parameters.precision));
    const on = (flag: string): boolean => parameters[flag] === 'true';
    const answer: SimplePrice = {};
    for (const id of ids) {
      const ticker = simulation.byId.get(id);
      if (!ticker) continue;
      const entry: Record<string, number | null> = {};
      answer[id] = entry;
      const tick = ticker.tickAt(at);
      for (const money of monies) {
        const row = writeRow(simulation, ticker, tick, { money, sparkline: false, changes: [] });
        entry[money.currency] = row.current_price;
        if (on('include_market_cap')) entry[`${money.currency}_market_cap`] = row.market_cap;
        if (on('include_24hr_vol')) entry[`${money.currency}_24h_vol`] = row.total_volume;
        if (on('include_24hr_change')) entry[`${money.currency}_24h_change`] = row.price_change_percentage_24h;
        if (on('include_last_updated_at')) entry.last_updated_at = Math.floor(Date.parse(row.last_updated) / 1000);
      }
    }
    return JSON.stringify(answer);
  };

  // Market caps and volumes go by each point's own instant, those of /coins/markets by the tick's: the last point differs a little.
  const marketChart = (id: string, parameters: Parameters, at: number): string => {
    const { money, days, step } = readChartQuery(parameters);
    const ticker = simulation.byId.get(id);
    if (!ticker) throw new Refusal(404, 'coin not found');
    const chart: MarketChart = { prices: [], market_caps: [], total_volumes: [] };
    if (!ticker.coin.priced) return JSON.stringify(chart);
    const stepMs = { '5 minutes': 300_000, hourly: hourMs, daily: dayMs }[step];
    const show = inMoney(ticker, money);
    const add = (instant: number, usd: number): void => {
      chart.prices.push([instant, show(usd)]);
      chart.market_caps.push([
        instant,
        ticker.coin.ranked ? Math.round(usd * ticker.supply(instant) * money.rate) : null,
      ]);
      chart.total_volumes.push([instant, Math.round(ticker.dayVolume(instant) * money.rate)]);
    };
    const first = Math.floor((at - days * dayMs) / stepMs) * stepMs + stepMs;
    for (let instant = first; instant < at; instant += stepMs)
      add(instant, instant % hourMs === 0 ? ticker.hourPrice(hourOf(instant)) : ticker.tickAt(instant).price);
    add(at, ticker.tickAt(at).price);
    return JSON.stringify(chart);
  };

  return { markets, simplePrice, marketChart };
}

const usd: Pick<MarketsQuery, 'money' | 'sparkline' | 'changes'> = {
  money: { currency: 'usd', rate: 1, precision: null },
  sparkline: false,
  changes: [],
};

/** Order two rows; coins without the number come last either way, ties by id. */
function compare(a: MarketCoin, b: MarketCoin, order: string): number {
  const sign = order.endsWith('_asc') ? 1 : -1;
  const byId = a.id < b.id ? -1 : 1;
  if (order.startsWith('id')) return sign * byId;
  const field = order.startsWith('volume') ? 'total_volume' : 'market_cap';
  const [x, y] = [a[field], b[field]];
  if (x === null || y === null) return x === y ? byId : x === null ? 1 : -1;
  return sign * (x - y) || byId;
}

/** The line of the best ranked coin of a symbol. */
function top(lines: Line[], symbol: string): Line | undefined {
  const place = (line: Line): number => line.row.market_cap_rank ?? Number.POSITIVE_INFINITY;
  return lines.filter(line => line.row.symbol === symbol).sort((a, b) => place(a) - place(b))[0];
}
