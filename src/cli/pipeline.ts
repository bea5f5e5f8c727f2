import '../run/plain-errors.ts';
import { Command } from 'commander';
import { OffsetsGone, OtherCluster, TopicRemade } from '../kafka/errors.ts';
import { withoutPasswords } from '../lake/location.ts';
import { openLake } from '../lake/open.ts';
import { runPipeline } from '../pipeline/pipeline.ts';
import { layers } from '../pipeline/tables.ts';
import { parseDuration } from '../run/amounts.ts';
import { endingSignal } from '../run/ending.ts';
import { tellReady } from '../run/leash.ts';
import { openLog } from '../run/log.ts';
import { defaultProfile, readProfile } from '../run/profile.ts';
import { brokers } from '../run/settings.ts';
import { needsAttention } from '../system/supervisor.ts';

const options = new Command('npm run pipeline --')
  .description('Bring what Kafka holds into the lake, exactly once, and keep its tables up to date.')
  .option('--profile <name>', 'the settings in infra/profiles', defaultProfile)
  .option('--interval <time>', 'least wall time between two landings, such as 1s', parseDuration)
  .option('--batch <messages>', 'most messages of a transaction', Number)
  .option('--for <time>', 'end after this time, such as 60s', parseDuration)
  .option('--until-idle', 'end when nothing waits and every table is up to date')
  .option('--up-to <layer>', `the last layer to fill: ${layers.join(', ')}`, 'star')
  .option('--new-epoch', 'begin topics anew that were deleted and made again, or lie on another cluster')
  .parse()
  .opts<{
    profile: string;
    interval?: number;
    batch?: number;
    for?: number;
    untilIdle?: boolean;
    upTo: (typeof layers)[number];
    newEpoch?: boolean;
  }>();
if (!layers.includes(options.upTo))
  throw new Error(`There is no layer "${options.upTo}". Take one of ${layers.join(', ')}.`);

if (options.batch !== undefined && !(options.batch >= 1 && Number.isInteger(options.batch)))
  throw new Error('A transaction cannot have that many messages: --batch wants a whole number from 1.');

const ending = endingSignal();
const signal = options.for === undefined ? ending : AbortSignal.any([ending, AbortSignal.timeout(options.for)]);
const log = openLog('pipeline');
// Batches are small: a second thread of DuckDB's would spin for work and take two fifths more of the processor.
await using lake = await openLake({ memory: '512MB', threads: 1 });
log.info({ lake: withoutPasswords(lake.at.catalog), profile: options.profile }, 'The pipeline starts');
let ready = false;
let told = 0;
let failedAt: string | undefined;
const work = runPipeline({
  profile: readProfile(options.profile),
  lake,
  brokers: brokers(),
  intervalMs: options.interval,
  maxMessages: options.batch,
  signal,
  untilIdle: options.untilIdle,
  newEpoch: options.newEpoch,
  upTo: options.upTo,
  onAnew: tables => log.info({ tables }, 'Tables were filled anew, since their SQL has changed'),
  onProgress: ({ batches, messages, lag, recent_batches, maintenance }) => {
    if (!ready) tellReady();
    ready = true;
    if (maintenance?.failed && maintenance.at !== failedAt)
      log.warn(maintenance, 'Maintenance was put off; landing goes on');
    failedAt = maintenance?.at;
    if (batches === told || (batches > 1 && batches < told + 100)) return;
    told = batches;
    log.info({ batches, messages, lag, ...recent_batches.at(-1) }, 'The pipeline lands');
  },
});
const { recent_batches, ...summary } = await work.catch(async error => {
  const forTheUser = [OffsetsGone, TopicRemade, OtherCluster].some(kind => error instanceof kind);
  if (!forTheUser) throw error;
  console.error(error.message);
  await lake.close();
  process.exit(needsAttention);
});
process.stdout.write(`${JSON.stringify(summary)}\n`);
await lake.close();
process.exit(0);
