import { setTimeout as sleep } from 'node:timers/promises';
import { MessageTooLarge } from '../kafka/errors.ts';
import type { Market, MarketClock } from '../market/client.ts';
import { historyStart } from '../market/simulation.ts';
import { requestsOf } from '../market/tape.ts';
import type { Profile } from '../run/profile.ts';
import { assetEventsOf, endsPoll, type Outlet, openOutlet, type Page } from './outlet.ts';
import { type FeedStatus, openStatus } from './status.ts';

/** Where the feed tells what happens; a pino logger fits. */
export type Log = { info: (facts: object, text: string) => void; warn: (facts: object, text: string) => void };

export type FeedOptions = {
  profile: Profile;
  market: Market;
  brokers: string[];
  signal: AbortSignal; // ends the feed after what it is sending
  once?: boolean; // end when the market's clock is reached; where the market is live, after one poll
  log: Log;
  onProgress?: (status: FeedStatus) => void;
  open?: (profile: Profile, brokers: string[]) => Promise<Outlet>;
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

const mostAtOnce = 128; // polls fetched side by side while behind
const fewAtOnce = 10; // polls due at once while in step with a fast clock
const clockTrustMs = 5000; // wall time after which the market's clock is asked for again
const afterFailureMs = 1000;

/**
 * Poll the market on the profile's interval and publish every answer verbatim, and one event per asset.
 *
 * A simulated market is polled on a grid of its own time, from the start of its history or one interval after the last poll in the
 * topic: at once while the grid lies behind its clock, then in step with it. So a feed that was away misses nothing. The live
 * market is polled by the wall; what was missed is missed. What fails is counted, told and tried again; it never ends the feed.
 *
 * @returns the last status, once `signal` fires
 */
export async function runFeed(options: FeedOptions): Promise<FeedStatus> {
  const { profile, market, brokers, signal, once = false, log, onProgress, open = openOutlet } = options;
  const { pollIntervalMs } = profile;
  const requests = requestsOf(profile.coins);
  const wait = options.wait ?? sleepUntil;
  const board = openStatus(profile.name, onProgress);
  const { status } = board;

  const fail = async (what: string, error: unknown): Promise<void> => {
    if (signal.aborted) return;
    status.failures++;
    status.state = 'failing';
    status.last_failure = error instanceof Error ? error.message : String(error);
    log.warn({ failures: status.failures }, `${what}: ${status.last_failure}`);
    board.show(undefined, true);
    await wait(afterFailureMs, signal);
  };
  const untilItWorks = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        await fail(what, error);
      }
    }
    return undefined;
  };

  let outlet: Outlet | undefined;
  const reopen = async (): Promise<Date | undefined> => {
    await outlet?.close().catch(() => {});
    outlet = undefined;
    outlet = await open(profile, brokers);
    return await outlet.lastPollTime();
  };
  const count = (sent: Page[]): void => {
    if (sent.length === 0) return;
    const events = profile.topics.events ? sent.reduce((sum, page) => sum + assetEventsOf(page).length, 0) : 0;
    board.published(sent.filter(endsPoll).length, events, sent.at(-1)!.pollTime);
  };
  /** Publish until it works, but for what Kafka will never take; false when the signal came before. */
  const publish = async (pages: Page[]): Promise<boolean> => {
    let left = pages;
    let most = left.length;
    while (left.length && !signal.aborted) {
      const part = left.slice(0, most);
      try {
        await outlet!.publish(part);
        count(part);
        left = left.slice(part.length);
      } catch (error) {
        const hopeless = error instanceof MessageTooLarge && part.length === 1;
        if (hopeless) tellProblem(part[0]!, `Not published: ${error.message}`);
        else await fail('Publishing failed', error);
        if (error instanceof MessageTooLarge) most = 1; // which of them it is shows when each is sent alone
        // What Kafka took before it failed is not sent again.
        const taken = await untilItWorks('Kafka does not answer', reopen);
        if (hopeless) left = left.slice(1);
        if (!taken) continue;
        count(left.filter(page => page.pollTime <= taken));
        left = left.filter(page => page.pollTime > taken);
      }
    }
    return left.length === 0;
  };

  const tellProblem = ({ pollTime, body }: Page, problem: string): void => {
    status.problems++;
    status.last_problem = problem;
    log.warn({ pollTime, bytes: body.length }, problem);
  };

  /** Fetch the polls of these instants side by side: the pages of those before the first that fails. */
  const fetchAll = async (instants: (Date | undefined)[]): Promise<Page[]> => {
    const asked = await Promise.allSettled(
      instants.map(asOf =>
        Promise.all(requests.map(request => market.fetchMarkets(request, { signal, ...(asOf && { asOf }) }))),
      ),
    );
    const pages: Page[] = [];
    for (const one of asked) {
      if (one.status === 'rejected') {
        await fail('Polling failed', one.reason);
        break;
      }
      for (const [at, answer] of one.value.entries()) {
        pages.push(requests.length === 1 ? answer : { ...answer, page: { number: at + 1, of: requests.length } });
        if (answer.problem !== undefined) tellProblem(answer, `Published as it came, but ${answer.problem}`);
      }
    }
    return pages;
  };

  const last = await untilItWorks('Kafka does not answer', reopen);
  const started = await untilItWorks('The market does not answer', async () => ({ clock: await market.clock(signal) }));
  status.last_poll_time = last?.toISOString() ?? null;
  status.source = started?.clock ? 'simulated' : 'coingecko';
  log.info({ last, market: market.address, ...started?.clock }, last ? 'The feed goes on' : 'The feed starts');

  const run = started?.clock ? followGrid : followWall;
  if (!signal.aborted) await run(started?.clock as MarketClock);
  await outlet?.close().catch(() => {});
  status.state = 'stopped';
  board.show(undefined, true);
  return status;

  /** Poll a simulated market at each instant of the grid, in order, none left out. */
  async function followGrid(first: MarketClock): Promise<void> {
    let clock = { ...first, askedAt: performance.now() };
    let trusted = true;
    let next = last ? last.getTime() + pollIntervalMs : beginning(first);
    let fetched: Page[] = [];
    if (last && last > first.now) {
      status.last_failure = `The topic ${profile.landed.name} ends at ${last.toISOString()}, beyond the market's clock at ${first.now.toISOString()}: it is of another run. Delete the topic, or run "npm run reset".`;
      log.warn({}, status.last_failure);
    }
    while (!signal.aborted) {
      if (!trusted || performance.now() - clock.askedAt > clockTrustMs) {
        const asked = await untilItWorks('The market does not answer', () => market.clock(signal));
        if (asked) clock = { ...asked, askedAt: performance.now() };
        trusted = true;
      }
      const now = clock.now.getTime() + (performance.now() - clock.askedAt) * clock.speed;
      const due = Math.min(mostAtOnce, Math.max(0, Math.floor((now - next) / pollIntervalMs) + 1));
      const instants = Array.from({ length: due }, (_, n) => new Date(next + n * pollIntervalMs));
      const [pages, published] = await Promise.all([fetchAll(instants), publish(fetched)]);
      if (!published) return; // what would come after it is polled again by the next feed
      const polls = pages.length / requests.length;
      if (polls < due) trusted = false;
      else status.state = due > fewAtOnce ? 'catching up' : 'live';
      next += polls * pollIntervalMs;
      const idle = due === 0 && fetched.length === 0;
      fetched = pages;
      board.show(new Date(now));
      if (idle && once) return;
      if (idle) await wait(Math.min(1000, (next - now) / clock.speed), signal);
    }
    await publishLast(fetched);
  }

  /** Where the grid begins when nothing was polled before; its instants are multiples of the interval. */
  function beginning({ now }: MarketClock): number {
    const start = historyStart.getTime();
    if (profile.begin === 'history') return start;
    return start + Math.floor((now.getTime() - start) / pollIntervalMs) * pollIntervalMs;
  }

  /** Poll the live market each interval of the wall. */
  async function followWall(): Promise<void> {
    const intervalMs = Math.max(pollIntervalMs, market.leastIntervalMs);
    if (intervalMs > pollIntervalMs)
      log.info(
        { intervalMs },
        `The market is polled every ${Math.round(intervalMs / 1000)} s instead of ${pollIntervalMs / 1000} s: so the month's calls last`,
      );
    while (!signal.aborted) {
      const due = Date.now() + intervalMs;
      const pages = await fetchAll([undefined]);
      await publish(pages);
      if (pages.length) status.state = 'live';
      board.show(new Date());
      if (once && pages.length) return;
      await wait(Math.max(0, due - Date.now()), signal);
    }
  }

  /** Publish what was fetched when the signal came; when that fails now, the next feed polls it again. */
  async function publishLast(pages: Page[]): Promise<void> {
    if (pages.length === 0) return;
    await outlet
      ?.publish(pages)
      .then(() => count(pages))
      .catch(() => {});
  }
}

/** Sleep, but not beyond the signal. */
const sleepUntil = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(Math.max(1, ms), undefined, { signal }).catch(() => {});
