import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from '../../src/run/paths.ts';
import { bringChromium } from '../check/chromium.ts';
import { launchBrowser, openNotebook } from '../jupyter/browser.ts';
import { numberGiven, temporaryFolder } from './parts/begin.ts';
import { percentile } from './parts/figures.ts';
import { startSystem, untilHistoryLanded } from './parts/system.ts';

// How long from `npm start` to a notebook one can work in? Over an installed folder and a state that holds a week of the
// market, until the welcome notebook stands in a browser that is open already and its kernel is idle. Beside it what that
// time is made of, the very first start, a second start while the first runs, and the set-up's check alone.
// node infra/bench/start.ts [rounds]

const rounds = numberGiven(0, 3);
const folder = temporaryFolder('start');
process.env.TICKLAKE_STATE = join(folder, 'state');
process.env.TICKLAKE_WORKSPACE = join(folder, 'workspace');
process.env.CHROMIUM_PATH = await bringChromium();

const found = new Map<string, number[]>();
const note = (what: string, ms: number) => found.set(what, [...(found.get(what) ?? []), ms]);
const timed = (args: string[]) => {
  const started = performance.now();
  execFileSync('npm', args, { cwd: inRoot(), stdio: 'ignore' });
  return performance.now() - started;
};
const round = async (kind: string) => {
  const browser = await launchBrowser();
  const started = performance.now();
  const system = startSystem();
  const services = (['broker', 'market', 'feed', 'pipeline', 'jupyter'] as const).map(async name =>
    note(`${kind}: ${name} ready`, await system.ready(name)),
  );
  await system.ready('jupyter');
  const notebook = await openNotebook(browser, system.run().services.jupyter!.address!);
  note(`${kind}: notebook with an idle kernel`, performance.now() - started);
  note(`${kind}: table printed`, await system.table);
  await Promise.all(services);
  await notebook.page.close();
  await browser.close();
  return system;
};

const first = await round('first start');
await untilHistoryLanded();
await sleep(5000);
await first.stop();
for (let n = 0; n < rounds; n++) {
  note('set-up check (npm run setup)', timed(['run', 'setup']));
  const system = await round('warm start');
  note('second npm start', timed(['start']));
  await system.stop();
}
const rows = [...found].map(([what, ms]) => [
  what,
  { median: `${(percentile(ms, 0.5) / 1000).toFixed(1)} s`, max: `${(Math.max(...ms) / 1000).toFixed(1)} s` },
]);
console.table(Object.fromEntries(rows));
const warm = percentile(found.get('warm start: notebook with an idle kernel')!, 0.5) / 1000;
console.log(
  `warm start to an open notebook, median of ${rounds}: ${warm.toFixed(1)} s (wanted: under 15 s); load ${loadavg()[0]!.toFixed(1)}`,
);
