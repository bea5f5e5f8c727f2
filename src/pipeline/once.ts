import { exportTables } from '../export/export.ts';
import { runFeed } from '../feed/feed.ts';
import type { Lake } from '../lake/open.ts';
import type { Market } from '../market/client.ts';
import type { Profile } from '../run/profile.ts';
import { runPipeline } from './pipeline.ts';

export type OnceOptions = {
  profile: Profile;
  lake: Lake;
  brokers: string[];
  /** Whom to poll; nobody where a running feed does. */
  market: Market | undefined;
  signal: AbortSignal;
  /** Called as the work goes on, with what is done and how far it is. */
  onProgress?: (what: string) => void;
};

/** What one round did. */
export type Once = {
  polls: number;
  messages: number;
  batches: number;
  /** What went wrong and did not keep the round from ending, each once. */
  problems: string[];
  exports: { table: string; rows: number; place: string }[];
};

/** A round was ended before it was done. */
export class RoundEnded extends Error {
  constructor() {
    super('The round was ended before it was done. The next one goes on where it stopped.');
    this.name = 'RoundEnded';
  }
}

/**
 * Do one round of a profile and end: poll the market up to its clock (the live one once), land what Kafka holds, bring
 * every table up to date, export what the profile wants exported.
 *
 * @throws RoundEnded when the signal came before it was done; as runPipeline and exportTables
 */
export async function runOnce({ profile, lake, brokers, market, signal, onProgress }: OnceOptions): Promise<Once> {
  let told = '';
  const tell = (what: string) => {
    if (what !== told) onProgress?.(what);
    told = what;
  };
  const problems: string[] = [];
  const log = { info: () => {}, warn: (_: object, text: string) => problems.push(text) };
  let polls = 0;
  if (market) {
    const feed = await runFeed({
      ...{ profile, brokers, market, signal, log, once: true },
      onProgress: ({ polls, last_poll_time: at, failures, last_failure: failure }) =>
        tell(failures > 0 ? `polling: ${failure}` : `polling: ${count(polls)} polls${at ? `, up to ${at}` : ''}`),
    });
    polls = feed.polls;
  }
  if (signal.aborted) throw new RoundEnded();
  const landing = await runPipeline({
    ...{ profile, lake, brokers, signal, untilIdle: true },
    onProgress: ({ messages, lag, models }) =>
      tell(`landing: ${count(messages)} messages, ${count(lag)} wait; ${Object.keys(models).length} tables made`),
  });
  if (signal.aborted) throw new RoundEnded();
  const exported = await exportTables(lake, profile.exports, {
    signal,
    onProgress: ({ table, step, rows, of }) => tell(`exporting ${table}: ${step} ${count(rows)} of ${count(of)} rows`),
  });
  const exports = exported.map(({ table, rows, place }) => ({ table, rows, place }));
  return { polls, messages: landing.messages, batches: landing.batches, problems: [...new Set(problems)], exports };
}

const count = (amount: number): string => amount.toLocaleString('en-US');
