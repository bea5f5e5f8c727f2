import { inState } from '../run/paths.ts';
import { readState, showState } from '../run/state-file.ts';

/** What the feed says of itself; times ISO 8601 in UTC. */
export type FeedStatus = {
  state: 'starting' | 'catching up' | 'live' | 'failing' | 'stopped';
  profile: string;
  source: 'simulated' | 'coingecko' | null; // null: the market has not answered yet
  polls: number; // published since the start
  events: number; // of single assets
  failures: number; // calls and sendings that failed after all retries
  problems: number; // answers that do not fit the schema, published as they came, or that are too large to be
  last_failure: string | null;
  last_problem: string | null;
  last_poll_time: string | null;
  market_time: string | null;
  lag_seconds: number | null; // market time − last poll time
  polls_per_second: number; // of the last ten seconds by the wall
  updated_at: string;
};

export type StatusBoard = {
  status: FeedStatus;
  /** Count published polls. */
  published: (polls: number, events: number, lastPollTime: Date) => void;
  /** Show the status: to the watcher always, to the file at most once a second unless `now`. */
  show: (marketTime: Date | undefined, now?: boolean) => void;
};

const statusPath = (): string => inState('feed', 'status.json');

/** Open the board on which the feed writes its status. */
export function openStatus(profile: string, onProgress?: (status: FeedStatus) => void): StatusBoard {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let marks: { at: number; polls: number }[] = [{ at: performance.now(), polls: 0 }];
  const status: FeedStatus = {
    state: 'starting',
    profile,
    source: null,
    polls: 0,
    events: 0,
    failures: 0,
    problems: 0,
    last_failure: null,
    last_problem: null,
    last_poll_time: null,
    market_time: null,
    lag_seconds: null,
    polls_per_second: 0,
    updated_at: new Date().toISOString(),
  };

  const published = (polls: number, events: number, lastPollTime: Date): void => {
    status.polls += polls;
    status.events += events;
    status.last_poll_time = lastPollTime.toISOString();
  };

  const show = (marketTime: Date | undefined, now = false): void => {
    const at = performance.now();
    marks = [...marks.filter(mark => at - mark.at <= 10_000), { at, polls: status.polls }].slice(-200);
    const first = marks[0]!;
    status.polls_per_second =
      at > first.at ? Math.round(((status.polls - first.polls) * 10_000) / (at - first.at)) / 10 : 0;
    status.market_time = marketTime?.toISOString() ?? status.market_time;
    if (marketTime && status.last_poll_time)
      status.lag_seconds = Math.round(marketTime.getTime() - Date.parse(status.last_poll_time)) / 1000;
    status.updated_at = new Date().toISOString();
    onProgress?.({ ...status });
    if (!now && at - writtenAt < 1000) return;
    writtenAt = at;
    showState(statusPath(), status);
  };
  return { status, published, show };
}

/** Read what the feed last wrote, undefined before its first start. It may have ended since: look at `updated_at`. */
export function readFeedStatus(): FeedStatus | undefined {
  const text = readState(statusPath());
  return text === undefined ? undefined : (JSON.parse(text) as FeedStatus);
}
