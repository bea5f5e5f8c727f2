import * as panels from './panels.mjs';

/** Which panel shows which table; a panel is drawn again at most this often. */
const everyMs = 2000;
const panelsOf = {
  latest: panels.showMarket,
  prices: panels.showPrice,
  ohlc: panels.showCandles,
  features: panels.showCandles,
  movers: panels.showMovers,
  windows: panels.showWindows,
  quarantine: panels.showQuarantine,
};

const waiting = new Map();
const busy = new Set();

/** Draw a panel soon: once for many changes, and not while it is being drawn. */
function soon(show, ...given) {
  if (waiting.has(show)) return waiting.set(show, given);
  waiting.set(show, given);
  setTimeout(() => now(show), busy.has(show) ? everyMs : 50);
}

async function now(show) {
  const given = waiting.get(show) ?? [];
  waiting.delete(show);
  busy.add(show);
  setTimeout(() => busy.delete(show), everyMs);
  // What a panel lacks (a table, Kafka) the facts on top tell; the panel keeps what it showed.
  await show(...given).catch(error => console.debug(error.message));
}

const theme = document.getElementById('theme');
theme.value = localStorage.getItem('theme') ?? '';
const wear = () => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem('theme', theme.value);
};
theme.addEventListener('change', wear);
wear();

const drawAll = shows => {
  for (const show of shows) soon(show);
};
const ofCoin = [panels.showPrice, panels.showCandles];
document.getElementById('coin').addEventListener('change', () => drawAll(ofCoin));
document.getElementById('topic').addEventListener('change', () => soon(panels.showMessages));
const fitWidth = new ResizeObserver(() => drawAll([panels.showMarket, panels.showMovers, ...ofCoin]));
fitWidth.observe(document.getElementById('main'));

await panels.showFacts().catch(() => {});
await now(panels.showMarket);
drawAll(new Set([...Object.values(panelsOf), panels.showTopics]));

const stream = new EventSource('/api/v1/stream');
stream.addEventListener('gold', event => {
  const { changed, rows } = JSON.parse(event.data);
  for (const name of changed) if (panelsOf[name]) soon(panelsOf[name], rows[name]);
  soon(panels.showFacts);
});
setInterval(() => soon(panels.showFacts), 5000);
setInterval(() => soon(panels.showTopics), 10_000);
