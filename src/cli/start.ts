import '../run/plain-errors.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { Listr } from 'listr2';
import { endingSignal } from '../run/ending.ts';
import { defaultProfile, readProfile } from '../run/profile.ts';
import { defaultSpeed, readRun, type ServiceName, serviceNames } from '../run/run-file.ts';
import { NotMyTurn } from '../run/turn.ts';
import { openOnce } from '../system/open-once.ts';
import { showRun } from '../system/show-run.ts';
import { needsAttention } from '../system/supervisor.ts';
import { openSystem } from '../system/system.ts';

const program = new Command('npm start --')
  .description(
    'Start the broker, the market, the feed, the pipeline, the dashboard and JupyterLab; Ctrl-C ends them all.',
  )
  .option('--only <services>', `start only these, of ${serviceNames.join(', ')}`, chosenServices, [...serviceNames])
  .option('--profile <name>', 'the settings in infra/profiles', defaultProfile)
  .option('--speed <times>', 'market seconds a second, 1 to 3600', speed, defaultSpeed)
  .option('--no-open', 'do not open the browser')
  .parse();
const options = program.opts<{ only: ServiceName[]; profile: string; speed: number; open: boolean }>();

const { name: profile } = readProfile(options.profile);
const ending = endingSignal();
const ended = new Promise<void>(resolve => ending.addEventListener('abort', () => resolve()));
const system = await openSystem({ profile, speed: options.speed }, options.only).catch(error => {
  if (!(error instanceof NotMyTurn)) throw error;
});
for (let tries = 0; !system && !readRun() && tries < 100; tries++) await sleep(100); // the other is just starting
if (!system) {
  const other = readRun();
  if (!other) throw new Error('Cannot start: another "npm start" is at work here. Wait for it, or end it.');
  if (other.passing)
    throw new Error(`Cannot start: a round of ${other.profile} is at work here. Wait for its end, or end it (Ctrl-C).`);
  console.log(`ticklake already runs, since ${other.startedAt}.\n\n${showRun(other)}`);
  process.exit(0);
}
const { run, own, ready } = system;

if (options.open && own.includes('jupyter'))
  ready('jupyter')
    .then(() => openOnce(run.services.jupyter!.address!))
    .catch(() => {}); // the table shows its address

const tasks = own.map(name => ({
  title: name,
  task: (_: unknown, task: { skip(why: string): void }) =>
    Promise.race([ready(name), ended]).catch(error => {
      if (error.code !== needsAttention) throw error;
      task.skip(error.message); // the others run without it, and the user needs them to mend it
    }),
}));
let failure: Error | undefined;
await new Listr(tasks, { concurrent: true, registerSignalListeners: false }).run().catch(error => {
  failure = error;
});
if (!failure && !ending.aborted) {
  system.settled();
  console.log(`\n${showRun(run)}`);
  await ended;
}
if (!failure) console.log('\nStopping …');
await system.stop();
if (failure) {
  console.error(`\n${failure.message}`);
  process.exit(1);
}
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
