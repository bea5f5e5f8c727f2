import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberGiven, temporaryFolder } from './parts/begin.ts';
import { processes, startSystem, untilHistoryLanded } from './parts/system.ts';

// How much memory does the whole running system take? All processes of `npm start` at speed 60 with one idle kernel and no
// browser: just after the week of history has landed, and after some minutes of living with it. Pages that processes
// share are split between them (PSS), so that the rows add up. Linux only.
// node infra/bench/memory.ts [minutes]

const minutes = numberGiven(0, 3);
const folder = temporaryFolder('memory');
process.env.TICKLAKE_STATE = join(folder, 'state');
process.env.TICKLAKE_WORKSPACE = join(folder, 'workspace');

const names: [pattern: RegExp, name: string][] = [
  [/^\/bin\/sh|^sh /, 'shells'],
  [/kafka\.Kafka/, 'broker (JVM)'],
  [/src\/cli\/start\.ts/, 'supervisor'],
  [/src\/cli\/(market|feed|pipeline|serve)\.ts/, '$1'],
  [/launch\.cjs/, 'kernel'],
  [/jupyter/, 'JupyterLab'],
  [/^npm|bootstrap\.mjs/, 'npm and bootstrap'],
];

const system = startSystem();
try {
  await system.table;
  await startKernel();
  await untilHistoryLanded();
  const landed = measure();
  await sleep(minutes * 60_000);
  const later = measure();
  const rows = [...new Set([...landed.keys(), ...later.keys()])].map(name => [
    name,
    { 'history landed': shown(landed.get(name)), [`${minutes} min later`]: shown(later.get(name)) },
  ]);
  const sums = [landed, later].map(sizes => [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0));
  console.log('PSS, MB');
  console.table(Object.fromEntries(rows));
  console.log(`in all ${shown(sums[0])} MB, later ${shown(sums[1])} MB (wanted: under 2,000 MB)`);
} finally {
  await system.stop();
}

/** Bytes by what a process is. */
function measure(): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { pid, command } of processes()) {
    const [pattern, name] = names.find(([pattern]) => pattern.test(command)) ?? [/.*/, command.slice(0, 60)];
    const what = command.match(pattern)![0].replace(pattern, name);
    sizes.set(what, (sizes.get(what) ?? 0) + pss(pid));
  }
  return sizes;
}

function pss(pid: number): number {
  try {
    const [, kibibytes] = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss: +(\d+) kB/m)!;
    return Number(kibibytes) * 1024;
  } catch {
    return 0; // gone meanwhile
  }
}

function shown(bytes = 0): number {
  return Math.round(bytes / 1e6);
}

async function startKernel(): Promise<void> {
  const page = new URL(system.run().services.jupyter!.address!);
  const headers = { authorization: `token ${page.searchParams.get('token')}` };
  const answer = await fetch(new URL('/api/kernels', page), { method: 'POST', headers, body: '{"name":"tslab"}' });
  if (!answer.ok) throw new Error(`JupyterLab started no kernel: ${answer.status}.`);
}
