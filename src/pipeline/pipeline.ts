import { setTimeout as sleep } from 'node:timers/promises';
import { runLander } from '../bronze/lander.ts';
import { turnstile } from '../bronze/turnstile.ts';
import { ensureTopic } from '../kafka/topics.ts';
import { maintain } from '../lake/maintain.ts';
import type { Lake } from '../lake/open.ts';
import type { Profile } from '../run/profile.ts';
import { type Keeper, openKeeper } from './keeper.ts';
import { openLanding } from './landing.ts';
import { openStatus, type PipelineStatus, type StatusBoard } from './status.ts';
import type { Layer } from './tables.ts';

export type PipelineOptions = {
  profile: Profile;
  lake: Lake;
  /** Kafka's addresses; those of the running system, if left out. */
  brokers?: string[];
  /** Least time between two landings, in milliseconds by the wall; the profile's, if left out. None when it ends by itself. */
  intervalMs?: number;
  /** Ends the pipeline after the transaction under way. */
  signal?: AbortSignal;
  /** End when everything that Kafka holds has landed and every model is up to date. */
  untilIdle?: boolean;
  /** Begin topics anew that were deleted and made again, or lie on another cluster. */
  newEpoch?: boolean;
  /** The last layer to fill. */
  upTo?: Layer;
  /** Most messages of a transaction. */
  maxMessages?: number;
  onProgress?: (status: PipelineStatus) => void;
  /** Told the tables that were filled anew at the start, since their SQL is another than the one that made them. */
  onAnew?: (tables: string[]) => void;
};

const parsedAtOnce = 8 * 1024 * 1024; // bytes of JSON; parsing takes some ten times as much memory
const backlog = 100; // messages that wait; fewer come while a landing is under way
const restMs = 5000; // between two refreshes of a model that is not hot
const landingsAMaintenance = 25; // every read opens each small file: 50 of them take a tenth of a landing
const quickRounds = 30; // of maintenance, between two thorough ones

/**
 * Bring what Kafka holds into the lake, exactly once, and keep its tables up to date, until the signal.
 *
 * Each transaction takes all messages that wait: bronze and its ledger, silver.crypto_prices and quarantine, and the hot
 * models. The other models follow in short transactions of their own, one after another, and every 25th landing is followed
 * by maintenance. All it needs to go on after a kill stands in the lake.
 *
 * @returns the last status
 * @throws OtherCluster, TopicRemade, OffsetsGone with a way on; KafkaUnreachable
 */
export async function runPipeline(options: PipelineOptions): Promise<PipelineStatus> {
  const { profile, lake, signal, untilIdle = false, upTo = 'star' } = options;
  const intervalMs = untilIdle ? 0 : (options.intervalMs ?? profile.pipelineIntervalMs);
  const board = openStatus(profile.name, intervalMs, options.onProgress);
  const stop = new AbortController();
  const ended = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let close = () => {};
  try {
    const work = await openLanding(lake, upTo, profile.models);
    close = work.close;
    if (work.anew.length > 0) options.onAnew?.(work.anew);
    const { name: topic, ...settings } = profile.landed;
    await ensureTopic(topic, settings, options.brokers);
    board.running();
    const keeper = openKeeper(lake, work.later, { onRefresh: board.refreshed });
    const follower = follow(lake, keeper, board, profile.timeTravelMs, ended);
    const lander = runLander({
      lake,
      topic,
      groupId: `ticklake-${profile.name}`,
      addresses: options.brokers,
      signal: ended,
      untilIdle,
      newEpoch: options.newEpoch,
      intervalMs,
      maxMessages: options.maxMessages,
      maxBytes: upTo === 'bronze' ? undefined : parsedAtOnce,
      beforeLanding: work.beforeLanding,
      inLanding: work.inLanding,
      afterLanding: landed => {
        board.landed(landed);
        follower.landed(landed.waiting);
      },
    });
    await Promise.allSettled([lander.finally(() => stop.abort()), follower.done.finally(() => stop.abort())]);
    await Promise.all([lander, follower.done]);
    if (untilIdle && !signal?.aborted) {
      await keeper.catchUp();
      if (board.status.batches > 10) await maintain(lake, { keepMs: profile.timeTravelMs });
    }
    board.end('stopped');
    return board.status;
  } catch (error) {
    board.end('failed', error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    close();
  }
}

/** Refresh models and maintain the lake while landings go on. */
function follow(lake: Lake, keeper: Keeper, board: StatusBoard, keepMs: number, signal: AbortSignal) {
  const change = turnstile();
  const workedOff = turnstile();
  let landings = 1; // the first look finds what an earlier run left undone
  let waiting = 0;
  let maintained = 0;
  let rounds = 0;

  const round = async () => {
    const started = performance.now();
    for (const lack of await keeper.lacks()) {
      if (signal.aborted) return;
      await keeper.fill([lack]);
    }
    const tookMs = performance.now() - started;
    if (landings - maintained >= landingsAMaintenance && !signal.aborted) {
      maintained = landings;
      const done = await maintain(lake, { keepMs, quick: rounds++ % (quickRounds + 1) > 0 });
      if (done) board.maintained(done);
    }
    await sleep(restMs, undefined, { signal }).catch(() => {});
    // In a backlog landings come first: a fifth of the time is for the models, until it is worked off.
    if (waiting > backlog) await workedOff.next(signal, Math.max(0, 4 * tookMs - restMs));
  };

  const done = (async () => {
    for (let seen = 0; !signal.aborted; ) {
      if (landings > seen) {
        seen = landings;
        await round();
      } else await change.next(signal);
    }
  })();

  const landed = (nowWaiting: number) => {
    landings++;
    waiting = nowWaiting;
    change.turn();
    if (waiting <= backlog) workedOff.turn();
  };
  return { done, landed };
}
