import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './places.mjs';

const file = join(root, '.ticklake', 'setup.pid');

/** Let only one set-up work at a time: wait while another one lives; returns what ends the turn. */
export async function takeTurn() {
  for (let told = false; ; told = true) {
    try {
      link();
      // Two that found a dead holder may both have removed its file: the later one has the turn.
      await sleep(100);
      if (Number(readHolder()) === process.pid) return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readHolder());
    if (holder === process.pid || !isAlive(holder)) {
      // Our own pid is of one that is gone, too: a container gives the same pids again.
      if (Number(readHolder()) === holder) rmSync(file, { force: true });
    } else {
      if (!told) console.log(`Another set-up (pid ${holder}) is at work; waiting for it …`);
      await sleep(500);
    }
  }
}

/** Make the file together with its content, so that nobody reads it empty. */
function link() {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
  } finally {
    rmSync(own, { force: true });
  }
}

function readHolder() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether this pid is there, and still Node's: pids are used again. */
function isAlive(pid) {
  try {
    if (!(pid > 0)) return false;
    process.kill(pid, 0);
    return !existsSync('/proc/self') || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch (error) {
    return error.code === 'EPERM';
  }
}
