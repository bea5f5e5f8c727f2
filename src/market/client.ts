import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import axios, { type AxiosResponse } from 'axios';
import pRetry from 'p-retry';
import { type Budget, openBudget } from './budget.ts';
import { MarketError, wantsRetry } from './market-error.ts';
import type { Parameters } from './query.ts';
import { errorMessage, type MarketCoin, marketCoin } from './schema.ts';

/** A complete answer with status 200, whatever it holds. */
export type Answer = {
  url: string; // without keys
  status: 200;
  headers: Record<string, string>;
  body: Buffer; // the bytes as they came
  pollTime: Date; // the instant the answer speaks of: the market's clock when simulated, else the wall's
};

/** An answer of `/coins/markets`: the rows that fit the schema, and what is off when something is. */
export type MarketsAnswer = Answer & { coins: MarketCoin[]; problem?: string };

/** Where the simulated market's clock stands. */
export type MarketClock = { now: Date; speed: number };

/** A market to ask, simulated or live. */
export type Market = {
  address: string; // without keys
  /** Fetch rows of coins, as of an instant where the market can (the simulated one). */
  fetchMarkets: (parameters: Parameters, options?: { asOf?: Date; signal?: AbortSignal }) => Promise<MarketsAnswer>;
  /** Fetch any other path of the contract, such as `/simple/price`. */
  fetch: (path: string, parameters?: Parameters, options?: { asOf?: Date; signal?: AbortSignal }) => Promise<Answer>;
  /** How often to ask at most, so that a month's budget of calls lasts the month; 0 where calls cost nothing. */
  leastIntervalMs: number;
  /** Ask for the clock; undefined when the market is live. */
  clock: (signal?: AbortSignal) => Promise<MarketClock | undefined>;
};

export type MarketSettings = {
  address: string; // base address, of the simulated market or https://api.coingecko.com/api/v3
  apiKey?: string; // COINGECKO_API_KEY, but never to this machine
  budget?: Budget; // counts every call; 10,000 a month, and none for a market on this machine
  timeoutMs?: number; // of one call, until its answer is whole; 10,000
  retries?: number; // after the first call, 4
  wait?: (ms: number, signal?: AbortSignal) => Promise<unknown>; // between calls
};

const monthMs = 31 * 86_400_000;
const longestWaitMs = 120_000; // what Retry-After may ask for; CoinGecko was seen to say 119 s
const mostBytes = 8 * 2 ** 20; // of an answer, unpacked, as silver takes it; a page of 250 coins has some 0.3 MB

/**
 * Open a market. Failing calls are repeated after 0.5, 1, 2, … seconds or as long as Retry-After says; what cannot get better by
 * waiting is not. The key travels in one header and shows in no error.
 *
 * All calls throw MarketError (names URL, status and next step) and BudgetSpent.
 *
 * @example const { coins } = await openMarket({ address: marketAddress() }).fetchMarkets({ vs_currency: 'usd', ids: 'bitcoin' })
 */
export function openMarket(settings: MarketSettings): Market {
  const { timeoutMs = 10_000, retries = 4, wait = sleepUntil } = settings;
  const address = withoutKeys(settings.address);
  const live = !isLocal(address);
  const apiKey = settings.apiKey ?? (live ? process.env.COINGECKO_API_KEY || undefined : undefined);
  const budget = settings.budget ?? (live ? openBudget() : undefined);
  const http = axios.create({
    maxContentLength: mostBytes,
    responseType: 'arraybuffer',
    validateStatus: () => true,
    maxRedirects: 0, // would carry the key to another host
    ...(!live && { proxy: false as const }),
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 16 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 16 }),
  });

  const call = async (
    url: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<AxiosResponse<Buffer>> => {
    budget?.spend();
    let response: AxiosResponse<Buffer>;
    // Of the whole call: axios' own time limit begins again with every byte.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      response = await http.get<Buffer>(url, {
        headers,
        signal: AbortSignal.any([late.signal, ...(signal ? [signal] : [])]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw MarketError.unreachable(
        url,
        late.signal.aborted ? new Error(`no whole answer within ${timeoutMs / 1000} s`) : error,
        apiKey,
      );
    } finally {
      clearTimeout(timer);
    }
    if (response.status === 200) {
      const odd = oddHeader(response.headers);
      if (odd) throw MarketError.unreachable(url, new Error(odd), apiKey);
      return response;
    }
    throw MarketError.refused(url, response.status, messageIn(response.data), response.headers['retry-after'], apiKey);
  };

  const fetch: Market['fetch'] = async (path, parameters = {}, { asOf, signal } = {}) => {
    const url = `${address}${path}${queryOf(parameters)}`;
    const headers: Record<string, string> = {
      accept: 'application/json',
      ...(apiKey && { 'x-cg-demo-api-key': apiKey }),
      ...(asOf && { 'x-market-time': asOf.toISOString() }),
    };
    const response = await pRetry(() => call(url, headers, signal), {
      retries,
      minTimeout: 0,
      factor: 1,
      ...(signal && { signal }),
      shouldRetry: ({ error }) => wantsRetry(error),
      onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
        if (retriesLeft === 0 || !wantsRetry(error)) return;
        const asked = (error as MarketError).retryAfterMs;
        await wait(asked === undefined ? 500 * 2 ** (attemptNumber - 1) : Math.min(asked, longestWaitMs), signal);
        signal?.throwIfAborted();
      },
    });
    const told = response.headers['x-market-time'];
    return {
      url,
      status: 200,
      headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
      body: response.data,
      pollTime: told ? new Date(told) : new Date(),
    };
  };

  return {
    address,
    leastIntervalMs: budget ? Math.ceil(monthMs / budget.limit) : 0,
    fetch,
    fetchMarkets: async (parameters, options) => {
      const answer = await fetch('/coins/markets', parameters, options);
      return { ...answer, ...readCoins(answer.body) };
    },
    clock: async signal => {
      const { headers, pollTime } = await fetch('/ping', {}, signal ? { signal } : {});
      const speed = Number(headers['x-market-speed']);
      return speed > 0 ? { now: pollTime, speed } : undefined; // the live one tells none
    },
  };
}

/**
 * Read the body of a `/coins/markets` answer: the rows that fit the schema, and the first thing that is off about the others.
 */
export function readCoins(body: Buffer): { coins: MarketCoin[]; problem?: string } {
  let rows: unknown;
  try {
    rows = JSON.parse(body.toString());
  } catch {
    return { coins: [], problem: `the body is not JSON: ${JSON.stringify(body.toString('utf8', 0, 60))}` };
  }
  if (!Array.isArray(rows)) return { coins: [], problem: `the body is ${kindOf(rows)}, wanted a list of coins` };
  const coins: MarketCoin[] = [];
  let problem: string | undefined;
  for (const [index, row] of rows.entries()) {
    const read = marketCoin.safeParse(row);
    if (read.success) {
      coins.push(read.data);
      continue;
    }
    const issue = read.error.issues[0]!;
    problem ??= `row ${index}, ${issue.path.join('.') || 'all of it'}: ${issue.message}`;
  }
  return problem === undefined ? { coins } : { coins, problem };
}

const fastest = 1_000_000; // market seconds a second
const year10000 = Date.UTC(10000, 0);

/** What is wrong with the time or the speed that a market tells, if it tells them and something is. */
function oddHeader(headers: Readonly<Record<string, unknown>>): string | undefined {
  const { 'x-market-time': time, 'x-market-speed': speed } = headers;
  const at = Date.parse(String(time));
  if (time !== undefined && !(at >= 0 && at < year10000)) return `its x-market-time is no time: ${shown(time)}`;
  const times = Number(speed);
  if (speed !== undefined && !(times > 0 && times <= fastest)) return `its x-market-speed is no speed: ${shown(speed)}`;
  return undefined;
}

const shown = (value: unknown): string => JSON.stringify(String(value).slice(0, 60));

const kindOf = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;

/** Parameters as a query, in their order; commas stay readable. */
function queryOf(parameters: Parameters): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given).toString().replaceAll('%2C', ',')}`;
}

/** An address as it may be shown: without parameters, user, password and closing slash. */
export function withoutKeys(address: string): string {
  if (!URL.canParse(address))
    throw new Error(`Cannot open the market at "${address}": wanted an address such as https://host/api/v3.`);
  const url = new URL(address);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

const sleepUntil = (ms: number, signal?: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

const isLocal = (address: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);

function messageIn(body: Buffer): string | undefined {
  try {
    return errorMessage(JSON.parse(body.toString()));
  } catch {
    return undefined;
  }
}
