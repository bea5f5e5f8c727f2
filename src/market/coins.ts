import { inventNames } from './names.ts';
import { keyOf, normal, uniform } from './random.ts';

const minuteMs = 60_000;

/** Everything about a simulated coin that does not move. Money in USD, supply in coins, times in epoch milliseconds. */
export type Coin = {
  index: number; // place in the catalogue
  id: string;
  symbol: string;
  name: string;
  image: string;
  category: string;
  priced: boolean; // false: listed, never traded; all its numbers are null
  ranked: boolean;
  basePrice: number; // what the price returns to
  decimals: number; // of its price in USD
  beta: number; // how much it follows the market
  dailySigma: number; // of its own log returns
  reach: number; // log distance that its price never leaves `basePrice` by
  cadenceMs: number; // one tick in each span of this length; divides the hour, whole minutes
  circulating: number; // coins at the start of the simulation's history
  mintedDaily: number;
  total: number | null;
  max: number | null;
  dailyVolume: number; // typical, USD
  ath: number;
  athAt: number;
  atl: number;
  atlAt: number;
  soldAt: { price: number; currency: 'usd' | 'btc' | 'eth' } | null; // first sale, for roi
};

type Scale = [id: string, symbol: string, name: string, category: string, price: number, cap: number, turnover: number];

/** The ten coins of the profiles: real names, synthetic scales. Neighbours are close on purpose, so that ranks change. */
const known: Scale[] = [
  ['bitcoin', 'btc', 'Bitcoin', 'layer-1', 68_000, 1.35e12, 0.026],
  ['ethereum', 'eth', 'Ethereum', 'smart-contract-platform', 3_400, 4.1e11, 0.048],
  ['ripple', 'xrp', 'XRP', 'payments', 1.62, 9.55e10, 0.041],
  ['solana', 'sol', 'Solana', 'smart-contract-platform', 168, 9.4e10, 0.052],
  ['dogecoin', 'doge', 'Dogecoin', 'meme-token', 0.187, 2.79e10, 0.06],
  ['tron', 'trx', 'TRON', 'smart-contract-platform', 0.288, 2.74e10, 0.025],
  ['cardano', 'ada', 'Cardano', 'smart-contract-platform', 0.742, 2.66e10, 0.034],
  ['chainlink', 'link', 'Chainlink', 'oracle', 17.4, 1.12e10, 0.047],
  ['avalanche-2', 'avax', 'Avalanche', 'smart-contract-platform', 25.6, 1.09e10, 0.038],
  ['polkadot', 'dot', 'Polkadot', 'smart-contract-platform', 5.15, 8.1e9, 0.029],
];
const maxSupplies: Record<string, number> = {
  bitcoin: 21e6,
  ripple: 1e11,
  cardano: 4.5e10,
  chainlink: 1e9,
  'avalanche-2': 7.2e8,
};
const categories = ['layer-1', 'meme-token', 'decentralized-finance-defi', 'gaming', 'oracle', 'payments', 'storage'];

const inventedCount = 250;
const decimalsOf = (price: number): number => (price >= 1000 ? 2 : Math.max(2, 5 - Math.floor(Math.log10(price))));
const day = (key: number, n: number, from: string, to: string): number =>
  Math.round(Date.parse(from) + uniform(key, n) * (Date.parse(to) - Date.parse(from)));

function coin(index: number, scale: Scale, kind: 'known' | 'invented' | 'stable' | 'unranked' | 'unpriced'): Coin {
  const [id, symbol, name, category, basePrice, cap, turnover] = scale;
  const key = keyOf('coin', id);
  const stable = kind === 'stable';
  const reach = stable ? 0.02 : 1.2;
  const circulating = Math.round(cap / basePrice);
  const max =
    kind === 'known' ? (maxSupplies[id] ?? null) : uniform(key, 1) < 0.45 ? circulating * (1 + uniform(key, 2)) : null;
  const total = Math.round(Math.min(circulating * (1.01 + 0.3 * uniform(key, 3)), max ?? Number.POSITIVE_INFINITY));
  const cadences = kind === 'known' ? [1, 2] : [2, 3, 4, 5, 6, 10];
  return {
    index,
    id,
    symbol,
    name,
    image: `https://images.market.example/coins/${id}/large.png`,
    category,
    priced: kind !== 'unpriced',
    ranked: kind !== 'unpriced' && kind !== 'unranked',
    basePrice,
    decimals: decimalsOf(basePrice),
    beta: stable ? 0 : id === 'bitcoin' ? 1 : 0.85 + 0.5 * uniform(key, 4),
    dailySigma: stable
      ? 0.0006
      : id === 'bitcoin'
        ? 0.008
        : kind === 'known'
          ? 0.012 + 0.008 * uniform(key, 5)
          : 0.018 + 0.03 * uniform(key, 5),
    reach,
    cadenceMs: minuteMs * (index < 4 ? 1 : cadences[Math.floor(uniform(key, 6) * cadences.length)]!),
    circulating,
    mintedDaily: uniform(key, 7) < 0.4 || max !== null ? 0 : Math.round(circulating * 0.00012 * uniform(key, 8)),
    total: kind === 'unranked' ? null : total,
    max: max === null ? null : Math.round(max),
    dailyVolume: cap * turnover,
    ath: basePrice * Math.exp(reach * (1.02 + 1.2 * uniform(key, 9))),
    athAt: day(key, 10, '2021-01-01', '2025-12-01'),
    atl: basePrice * Math.exp(-reach * (1.02 + 3 * uniform(key, 11))),
    atlAt: day(key, 12, '2015-01-01', '2020-12-01'),
    soldAt:
      id === 'bitcoin' || stable || uniform(key, 13) > 0.12
        ? null
        : {
            price: basePrice / (2 + 60 * uniform(key, 14)),
            currency: uniform(key, 15) < 0.5 ? 'usd' : uniform(key, 16) < 0.5 ? 'btc' : 'eth',
          },
  };
}

/** Typical market capitalisation of the n-th invented coin: three stablecoins, two crowds around known coins, a long tail. */
function capOf(n: number): number {
  if (n < 3) return [1.4e11, 5.8e10, 5e9][n]!;
  if (n < 7) return 2.7e10;
  if (n < 12) return 1.1e10;
  return 8.6e9 / ((n - 8) / 4) ** 1.45;
}

/**
 * Make the catalogue: the ten coins of the profiles and 250 invented ones, among them three stablecoins, four without a rank
 * and two that are listed but never traded. The same for every seed: a seed moves prices, not facts.
 */
export function makeCoins(): Coin[] {
  const invented = inventNames(inventedCount).map(({ id, symbol, name }, n): Coin => {
    const key = keyOf('scale', id);
    const index = known.length + n;
    const kind =
      n < 3 ? 'stable' : n >= inventedCount - 2 ? 'unpriced' : n >= inventedCount - 6 ? 'unranked' : 'invented';
    const price = kind === 'stable' ? 1 : Number(Math.exp(Math.log(0.4) + 2.6 * normal(key, 0)).toPrecision(3));
    const cap = capOf(n) * Math.exp(kind === 'stable' ? 0 : 0.06 * normal(key, 1));
    const category = kind === 'stable' ? 'stablecoins' : categories[Math.floor(uniform(key, 2) * categories.length)]!;
    const turnover = kind === 'stable' ? 0.4 : 0.01 + 0.09 * uniform(key, 3);
    return coin(index, [id, symbol, name, category, price, cap, turnover], kind);
  });
  return [...known.map((scale, index) => coin(index, scale, 'known')), ...invented];
}

/** The ids of the ten coins that the profiles poll. */
export const tenCoins: string[] = known.map(([id]) => id);
