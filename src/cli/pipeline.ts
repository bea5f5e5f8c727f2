import '../run/plain-errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { Listr } from 'listr2';
import { OffsetsGone, OtherCluster, TopicRemade } from '../kafka/errors.ts';
import { withoutPasswords } from '../lake/location.ts';
import { openLake } from '../lake/open.ts';
import { openMarket } from '../market/client.ts';
import { runOnce } from '../pipeline/once.ts';
import { runPipeline } from '../pipeline/pipeline.ts';
import { layers } from '../pipeline/tables.ts';
import { parseDuration } from '../run/amounts.ts';
import { endingSignal } from '../run/ending.ts';
import { exit } from '../run/exit.ts';
import { tellReady } from '../run/leash.ts';
import { openLog } from '../run/log.ts';
import { defaultProfile, readProfile } from '../run/profile.ts';
import { defaultSpeed, type Run, readRun, type ServiceName } from '../run/run-file.ts';
import { brokers, marketAddress } from '../run/settings.ts';
import { NotMyTurn } from '../run/turn.ts';
import { needsAttention } from '../system/supervisor.ts';
import { openSystem, type System } from '../system/system.ts';

const options = new Command('npm run pipeline --')
  .description('Bring what Kafka holds into the lake, exactly once, and keep its tables up to date.')
  .option('--profile <name>', 'the settings in infra/profiles', defaultProfile)
  .option('--interval <time>', 'least wall time between two landings, such as 1s', parseDuration)
  .option('--batch <messages>', 'most messages of a transaction', Number)
  .option('--for <time>', 'end after this time, such as 60s', parseDuration)
  .addOption(
    new Option('--once', 'poll the market up to now, land, bring every table up to date, and end').conflicts([
      'untilIdle',
      'interval',
      'batch',
      'newEpoch',
    ]),
  )
  .option('--until-idle', 'land what Kafka holds, bring every table up to date, and end')
  .option('--up-to <layer>', `the last layer to fill: ${layers.join(', ')}`, 'star')
  .option('--new-epoch', 'begin topics anew that were deleted and made again, or lie on another cluster')
  .parse()
  .opts<{
    profile: string;
    interval?: number;
    batch?: number;
    for?: number;
    once?: boolean;
    untilIdle?: boolean;
    upTo: (typeof layers)[number];
    newEpoch?: boolean;
  }>();
if (!layers.includes(options.upTo))
  throw new Error(`There is no layer "${options.upTo}". Take one of ${layers.join(', ')}.`);

if (options.batch !== undefined && !(options.batch >= 1 && Number.isInteger(options.batch)))
  throw new Error('A transaction cannot have that many messages: --batch wants a whole number from 1.');

const profile = readProfile(options.profile);
const ending = endingSignal();
const signal = options.for === undefined ? ending : AbortSignal.any([ending, AbortSignal.timeout(options.for)]);
const { running, system } = await findServices();
const isPolled = running?.profile === profile.name && running.services.feed !== undefined;
// Batches are small: a second thread of DuckDB's would spin for work and take two fifths more of the processor.
await using lake = await openLake({ memory: '512MB', threads: 1 });
if (options.once)
  await end(
    await once().catch(async error => {
      await lake.close();
      await system?.stop();
      throw error;
    }),
  );
const log = openLog('pipeline');
log.info({ lake: withoutPasswords(lake.at.catalog), profile: profile.name }, 'The pipeline starts');
let ready = false;
let told = 0;
let failedAt: string | undefined;
const work = runPipeline({
  profile,
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
  await system?.stop();
  process.exit(needsAttention);
});
await end(summary);

/**
 * Join the run that is there, or start what this needs and nobody runs: the broker, and to poll the market, which the
 * environment may name. A run that ends by itself takes its services along, so its end is waited for.
 */
async function findServices(): Promise<{ running?: Run; system?: System }> {
  for (let told = false; ; told = true) {
    const running = readRun();
    if (running && !running.passing) return { running };
    if (!running && process.env.KAFKA_BROKERS && !options.once) return {};
    const system = running ? undefined : await startServices();
    if (system) return { system };
    if (!told) console.error('Waiting for the round that is at work here …');
    await sleep(200, undefined, { signal: ending }).catch(() => process.exit(130));
  }
}

/** Start services; gives nothing where another process is at it. */
async function startServices(): Promise<System | undefined> {
  const wanted: ServiceName[] = ['broker', ...(options.untilIdle ? [] : (['market'] as const))];
  if (!options.untilIdle && !options.once) wanted.push('feed');
  const passing = options.once || options.untilIdle || options.for !== undefined;
  const opened = await openSystem({ profile: profile.name, speed: defaultSpeed }, wanted, passing).catch(error => {
    if (!(error instanceof NotMyTurn)) throw error;
  });
  if (!opened) return undefined;
  console.error(`Starting ${opened.own.join(', ')} …`);
  await Promise.all(opened.own.map(opened.ready)).catch(async error => {
    await opened.stop();
    throw error;
  });
  return opened;
}

/** Do one round, and show how far it is. */
async function once(): Promise<object> {
  const market = isPolled ? undefined : openMarket({ address: marketAddress() });
  const tasks = new Listr<{ done?: object }>(
    {
      title: `One round of ${profile.name}`,
      task: async (context, task) => {
        const onProgress = (what: string) => {
          task.output = what;
        };
        context.done = await runOnce({ profile, lake, brokers: brokers(), market, signal, onProgress });
      },
    },
    { registerSignalListeners: false },
  );
  return (await tasks.run()).done!;
}

async function end(summary: object): Promise<never> {
  await lake.close();
  await system?.stop();
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return exit(0);
}
