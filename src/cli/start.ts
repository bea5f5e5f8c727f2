import '../run/plain-errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { withoutKeys } from '../market/client.ts';
import { endingSignal } from '../run/ending.ts';
import { lastWords } from '../run/log.ts';
import { defaultProfile, readProfile } from '../run/profile.ts';
import { type Run, readRun, removeRun, type ServiceName, serviceNames, writeRun } from '../run/run-file.ts';
import { liveMarketAddress } from '../run/settings.ts';
import { NotMyTurn } from '../run/turn.ts';
import { waitForLeftovers } from '../system/leftovers.ts';
import { openOnce } from '../system/open-once.ts';
import { listServices } from '../system/services.ts';
import { showRun } from '../system/show-run.ts';
import { takeStartTurn } from '../system/start-turn.ts';
import { keepRunning, needsAttention } from '../system/supervisor.ts';

const program = new Command('npm start --')
  .description('Start the broker, the market, the feed, the pipeline and JupyterLab; Ctrl-C ends them all.')
  .option('--only <services>', `start only these, of ${serviceNames.join(', ')}`, chosenServices, [...serviceNames])
  .option('--profile <name>', 'the settings in infra/profiles', defaultProfile)
  .option('--speed <times>', 'market seconds a second, 1 to 3600', speed, 60)
  .option('--no-open', 'do not open the browser')
  .parse();
const options = program.opts<{ only: ServiceName[]; profile: string; speed: number; open: boolean }>();

const alone = await takeStartTurn().catch(error => {
  if (!(error instanceof NotMyTurn)) throw error;
});
for (let tries = 0; !alone && !readRun() && tries < 100; tries++) await sleep(100); // the other is just starting
const before = readRun();
if (before) {
  console.log(`ticklake already runs, since ${before.startedAt}.\n\n${showRun(before)}`);
  process.exit(0);
}
if (!alone) throw new Error('Cannot start: another "npm start" is at work here. Wait for it, or end it.');

const ending = endingSignal();
const ended = new Promise<void>(resolve => ending.addEventListener('abort', () => resolve()));
const { name: profile } = readProfile(options.profile);
await waitForLeftovers();

const run: Run = { pid: process.pid, startedAt: new Date().toISOString(), profile, speed: options.speed, services: {} };
const market = liveMarketAddress();
const elsewhere = { broker: process.env.KAFKA_BROKERS, market: market && withoutKeys(market) };
for (const [name, address] of Object.entries(elsewhere))
  if (address) run.services[name as ServiceName] = { pid: null, address, log: null, state: 'elsewhere' };
writeRun(run);

const wanted = options.only.filter(name => !run.services[name]);
let started = false; // and not yet ending
const keeper = keepRunning(listServices(options, wanted), {
  changed: (name, entry) => {
    run.services[name] = entry;
    writeRun(run);
    if (started && entry.state === 'ready') console.log(`${name} runs again at ${entry.address ?? entry.pid}.`);
  },
  ended: (name, how, again) => {
    const log = run.services[name]!.log!;
    const next =
      again === null ? `it needs your attention: ${lastWords(log)}` : `starting it again in ${again / 1000} s.`;
    console.error(`${name}: ${how}; ${next} Its log is ${log}.`);
  },
});

if (options.open && wanted.includes('jupyter'))
  keeper
    .ready('jupyter')
    .then(() => openOnce(run.services.jupyter!.address!))
    .catch(() => {}); // the table shows its address

const tasks = wanted.map(name => ({
  title: name,
  task: (_: unknown, task: { skip(why: string): void }) =>
    Promise.race([keeper.ready(name), ended]).catch(error => {
      if (error.code !== needsAttention) throw error;
      task.skip(error.message); // the others run without it, and the user needs them to mend it
      run.services[name]!.state = 'stopped';
      writeRun(run);
    }),
}));
let failure: Error | undefined;
await new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run().catch(error => {
  failure = error;
});
started = !failure && !ending.aborted;
ending.addEventListener('abort', () => {
  started = false;
});

if (started) {
  console.log(`\n${showRun(run)}`);
  await ended;
}
if (!failure) console.log('\nStopping …');
await keeper.stop();
removeRun();
if (failure) {
  console.error(`\n${failure.message}`);
  process.exit(1);
}
alone.release();
console.log('Everything has ended.');
process.exit(0);

function chosenServices(text: string): ServiceName[] {
  const named = text.split(',').map(name => name.trim());
  const unknown = named.find(name => !serviceNames.includes(name as ServiceName));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no service "${unknown}".`);
  return serviceNames.filter(name => named.includes(name));
}

function speed(text: string): number {
  const times = Number(text);
  if (!(times >= 1 && times <= 3600)) throw new InvalidArgumentError('Wanted a number from 1 to 3600.');
  return times;
}
