import type { Lake } from '../lake/open.ts';
import { openAnswers } from '../market/answer.ts';
import { tenCoins } from '../market/coins.ts';
import { defaultSeed, marketsOf } from '../market/tape.ts';
import { landTape, pollMessages } from '../pipeline/land-tape.ts';
import type { Station } from './station.ts';
import { lastLayer, stationPlan } from './stations.ts';

const minuteMs = 60_000;

/**
 * Let a station's market go on: ask it for its prices a minute after the last poll that landed, and land the answer in all the
 * station's tables, as the pipeline does.
 *
 * @param overtaking - two coins that have exchanged their ranks since the last poll
 * @returns the time of the poll (UTC)
 */
export async function landNextPoll({ name, lake, topic }: Station, overtaking?: [string, string]): Promise<Date> {
  const [last] = await lake.rows<{ next: number; at: Date }>(
    'select max(kafka_offset) + 1 as next, max(kafka_timestamp) as at from bronze.crypto_ticks_raw where kafka_topic = $topic',
    { topic },
  );
  const pollTime = new Date(last!.at.getTime() + minuteMs);
  const answer = openAnswers(defaultSeed).markets(marketsOf(tenCoins), pollTime.getTime());
  const body = Buffer.from(overtaking ? await exchanged(lake, answer, overtaking) : answer);
  const plan = stationPlan(name);
  await landTape(lake, pollMessages([{ pollTime, body }], BigInt(last!.next)), {
    topic,
    upTo: lastLayer(plan),
    models: plan.models,
  });
  return pollTime;
}

type Coin = { id: string; market_cap_rank: number };

/** An answer in which each of two coins has the rank that the other had last. */
async function exchanged(lake: Lake, answer: string, [one, other]: [string, string]): Promise<string> {
  const ranks = await lake.rows<{ coin_id: string; rank: number }>(
    `select coin_id, max_by(market_cap_rank, last_updated) as rank from silver.crypto_prices
     where coin_id in ($one, $other) group by coin_id`,
    { one, other },
  );
  const rankOf = (id: string) => ranks.find(({ coin_id }) => coin_id === id)!.rank;
  const coins = JSON.parse(answer) as Coin[];
  for (const coin of coins)
    if (coin.id === one || coin.id === other) coin.market_cap_rank = rankOf(coin.id === one ? other : one);
  return JSON.stringify(coins);
}
