import { candles } from '/assets/show/candles.ts';
import { lines } from '/assets/show/lines.ts';
import { directionColours } from '/assets/show/theme.ts';
import { draw } from './charts.mjs';
import { ask, askAll, count, minute, percent, second, shortUsd, usd } from './data.mjs';
import { choices, element, nothing, put, table } from './elements.mjs';

const at = id => document.getElementById(id);
const chosenCoin = () => at('coin').value;
const nameOf = () => at('coin').selectedOptions[0]?.textContent ?? '';
/** Vega writes 10⁹ as G. */
const inBillions = "replace(format(datum.value, '~s'), 'G', 'B')";
const coinColumn = { title: 'Coin', of: row => row.coin_id };
const of = (title, column, write) => ({ title, number: true, of: row => write(row[column]) });

/** Facts of the moment: freshness, lag, what was set aside. */
export async function showFacts() {
  const health = await ask('/health');
  const { gold, pipeline, feed } = health;
  const facts = [
    [
      'Newest price',
      gold ? minute(gold.newest_price) : '–',
      feed?.market_time && `market clock ${minute(feed.market_time)}`,
    ],
    ['Snapshot', gold ? count(gold.version) : '–', gold && `committed ${second(gold.at)}`],
    ['Pipeline', pipeline?.state ?? 'not started', pipeline && `${count(pipeline.messages)} messages landed`],
    ['Waiting in Kafka', pipeline ? count(pipeline.lag) : '–', 'messages not yet in the lake'],
    [
      'Last landing',
      pipeline?.landing_ms ? `${count(pipeline.landing_ms)} ms` : '–',
      pipeline && `${pipeline.profile} profile`,
    ],
    [
      'Feed',
      feed?.state ?? 'not started',
      feed?.lag_seconds != null && `${feed.lag_seconds.toFixed(0)} s behind the market`,
    ],
  ];
  const made = facts.map(([term, value, more]) =>
    element(
      'div',
      {},
      element('dt', { text: term }),
      element('dd', { text: value }, ...(more ? [element('small', { text: more })] : [])),
    ),
  );
  at('facts').replaceChildren(...made);
  const problem =
    health.problem ??
    (health.state === 'waiting' ? 'No price has landed yet. The charts fill as soon as one has.' : null);
  at('problem').hidden = problem === null;
  if (at('problem').textContent !== (problem ?? '')) at('problem').textContent = problem ?? '';
}

/** Every coin as it stands: choices, market cap, and the whole as a table. */
export async function showMarket() {
  const { rows, source, attribution } = await ask('/prices/latest?limit=1000');
  credit(source, attribution);
  choices(
    at('coin'),
    rows.map(row => ({ value: row.coin_id, text: row.name ?? row.coin_id })),
  );
  const top = rows.filter(row => row.market_cap_usd !== null).slice(0, 10);
  await draw(at('cap'), {
    title: 'Market capitalisation',
    subtitle: 'USD, logarithmic, latest price',
    spec: {
      data: { values: top },
      mark: { type: 'point', filled: true, size: 110 },
      encoding: {
        y: { field: 'coin_id', type: 'nominal', sort: null, title: null, axis: { labelOverlap: false } },
        x: {
          field: 'market_cap_usd',
          type: 'quantitative',
          scale: { type: 'log' },
          axis: { title: 'USD', labelExpr: inBillions, tickCount: 3 },
        },
        tooltip: [
          { field: 'coin_id', title: 'coin' },
          { field: 'market_cap_usd', format: ',.4~s', title: 'USD' },
        ],
      },
    },
    columns: [coinColumn, of('Market cap', 'market_cap_usd', usd)],
    rows: top,
  });
  const columns = [
    { title: 'Coin', of: row => row.name ?? row.coin_id },
    of('Price', 'price_usd', usd),
    of('24 h', 'price_change_24h_pct', percent),
    of('Market cap', 'market_cap_usd', shortUsd),
    of('Volume 24 h', 'total_volume_usd', shortUsd),
  ];
  const caption = element(
    'figcaption',
    {},
    'Every coin',
    element('small', { text: `Latest price, ${minute(rows[0]?.last_updated ?? null)}` }),
  );
  put(at('market'), caption, table('Every coin, latest price', columns, rows));
}

function credit(source, attribution) {
  at('source').hidden = source === null;
  at('source').textContent = source === 'simulated' ? 'simulated' : 'live';
  const link = element('a', { href: 'https://www.coingecko.com', rel: 'noreferrer', text: attribution });
  at('attribution').replaceChildren(source === 'coingecko' ? link : (attribution ?? ''));
}

/** The last day of a coin, at most a point a minute. */
export async function showPrice() {
  if (!chosenCoin()) return;
  const rows = await askAll(`/prices/${encodeURIComponent(chosenCoin())}`);
  const values = rows.map(row => ({ minute: new Date(row.minute), price_usd: row.price_usd }));
  await draw(at('price'), {
    title: `${nameOf()}: price`,
    subtitle: 'USD, last 24 hours, one a minute',
    spec: lines(values, { x: 'minute', y: 'price_usd', unit: 'price (USD)' }),
    columns: [{ title: 'Minute (UTC)', of: row => minute(row.minute) }, of('Price', 'price_usd', usd)],
    rows: rows.toReversed(),
  });
}

/** Hourly candles of the last three days, with the means of 24 and 72 hours. */
export async function showCandles() {
  if (!chosenCoin()) return;
  const query = `?coin=${encodeURIComponent(chosenCoin())}`;
  const [hours, features] = await Promise.all([askAll(`/ohlc${query}`), askAll(`/features${query}`).catch(() => [])]);
  const means = new Map(features.map(row => [row.ts, row]));
  const rows = hours.slice(-72).map(row => ({
    hour: new Date(row.hour),
    open: row.open_price_usd,
    high: row.high_price_usd,
    low: row.low_price_usd,
    close: row.close_price_usd,
    'mean of 24 h': means.get(row.hour)?.ma_24 ?? null,
    'mean of 72 h': means.get(row.hour)?.ma_72 ?? null,
  }));
  await draw(at('candles'), {
    title: `${nameOf()}: candles`,
    subtitle: 'USD, hourly, last 72 hours; green closes higher, red lower',
    spec: rows.length > 0 ? candles(rows, { averages: ['mean of 24 h', 'mean of 72 h'] }) : {},
    columns: [
      { title: 'Hour (UTC)', of: row => minute(row.hour.toISOString()) },
      ...['open', 'high', 'low', 'close', 'mean of 24 h', 'mean of 72 h'].map(name => of(name, name, usd)),
    ],
    rows: rows.toReversed(),
  });
}

/** A bar a coin; the numbers as a table. */
async function showBars(id, { title, subtitle, column, columns, rows, colour }) {
  await draw(at(id), {
    title,
    subtitle,
    spec: {
      data: { values: rows },
      mark: { type: 'bar' },
      encoding: {
        y: { field: 'coin_id', type: 'nominal', sort: null, title: null, axis: { labelOverlap: false } },
        x: { field: column, type: 'quantitative', axis: { title: '%' } },
        ...(colour && { color: colour }),
        tooltip: [
          { field: 'coin_id', title: 'coin' },
          { field: column, format: '.3~f', title: '%' },
        ],
      },
    },
    columns,
    rows,
  });
}

/** Who moved most, and how much each coin swings. */
export async function showMovers() {
  const { rows } = await ask('/movers?limit=10');
  const movers = rows.map(row => ({
    ...row,
    change: row.return_24h * 100,
    swing: row.vol_24h === null ? null : row.vol_24h * 100,
  }));
  await showBars('movers', {
    title: 'Movers',
    subtitle: `% since the last price of the hour 24 hours before ${minute(rows[0]?.as_of ?? null)}, largest first`,
    column: 'change',
    columns: [coinColumn, of('Change', 'change', percent), of('Price', 'price_usd', usd)],
    rows: movers,
    colour: { condition: { test: 'datum.change >= 0', value: directionColours.up }, value: directionColours.down },
  });
  await showBars('volatility', {
    title: 'Volatility',
    subtitle: 'Standard deviation of the hourly return over 24 hours, in %',
    column: 'swing',
    columns: [coinColumn, of('Volatility', 'swing', percent)],
    rows: movers.filter(row => row.swing !== null).sort((a, b) => b.swing - a.swing),
  });
}

/** Windows as they close; `fresh` are those that the stream just brought. */
export async function showWindows(fresh = []) {
  const known = new Set(fresh.map(row => `${row.coin_id} ${row.window_start}`));
  const { gold } = await ask('/health');
  const rows = await windowsNow(gold);
  if (!rows) return put(at('windows'), nothing('This profile keeps no one-minute windows.'));
  const columns = [
    { title: 'Window (UTC)', of: row => minute(row.window_start) },
    coinColumn,
    of('Mean', 'avg_price_usd', usd),
    of('Lowest', 'min_price_usd', usd),
    of('Highest', 'max_price_usd', usd),
    of('Change', 'change_pct', percent),
    of('Ticks', 'tick_count', count),
    { title: 'State', of: row => (row.closed ? 'closed' : 'open') },
  ];
  const isFresh = row => known.has(`${row.coin_id} ${row.window_start}`);
  const { rows: late, next } = gold.tables.includes('late') ? await ask('/late?limit=1000') : { rows: [], next: null };
  const counted = next === null ? (late.length === 0 ? 'no tick' : count(late.length)) : 'more than 1,000 ticks';
  const caption = `The latest windows, newest first; ${counted} came too late for its window in 24 hours`;
  put(at('windows'), table(caption, columns, rows, isFresh));
}

async function windowsNow(gold) {
  if (!gold?.tables.includes('windows')) return undefined;
  // Where market time runs fast, the newest windows lie some way behind the newest price.
  for (const minutes of [10, 60, 360]) {
    const from = new Date(Date.parse(gold.newest_price) - minutes * 60_000).toISOString();
    const rows = await askAll(`/windows?from=${from}`);
    if (rows.length > 0) return rows.toReversed().slice(0, 40);
  }
  return [];
}

/** Topics, and the latest messages of the chosen one. */
export async function showTopics() {
  const { topics, error } = await ask('/topics').catch(error => ({ error }));
  if (error) return put(at('topics'), nothing(error.message));
  choices(
    at('topic'),
    topics.map(({ topic }) => ({ value: topic, text: topic })),
  );
  const columns = [
    { title: 'Topic', of: row => row.topic },
    of('Messages', 'messages', count),
    {
      title: 'Offsets by partition',
      of: row => row.partitions.map(part => `${part.partition}: ${part.low}–${part.high}`).join(', '),
    },
  ];
  put(at('topics'), table('Topics', columns, topics));
  await showMessages();
}

export async function showMessages() {
  const topic = at('topic').value;
  if (!topic) return;
  const { messages } = await ask(`/topics/${encodeURIComponent(topic)}/messages?limit=3`);
  const columns = [
    { title: 'Time (UTC)', of: row => second(row.timestamp) },
    { title: 'Place', of: row => `${row.partition}:${row.offset}` },
    { title: 'Key', of: row => row.key ?? '–' },
    {
      title: 'Value',
      code: true,
      of: row => (row.value === null ? '(tombstone)' : row.value.slice(0, 200) + (row.bytes > 200 ? ' …' : '')),
    },
  ];
  put(at('messages'), table(`Latest messages of ${topic}`, columns, messages));
}

export async function showQuarantine() {
  const { rows } = await ask('/quarantine');
  if (rows.length === 0) return put(at('quarantine'), nothing('Nothing was set aside.'));
  const columns = [
    { title: 'Reason', of: row => row.reject_reason },
    of('Rows', 'count', count),
    { title: 'Last poll (UTC)', of: row => second(row.last_poll_time) },
  ];
  put(at('quarantine'), table('Set aside, by reason', columns, rows));
}
