import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './places.mjs';

const file = join(root, '.ticklake', 'setup.pid');

/** Let only one set-up work at a time: wait while another one lives; returns what ends the turn. */
export async function takeTurn() {
  for (let told = false; ; told = true) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readHolder());
    if (!isAlive(holder)) rmSync(file, { force: true });
    else {
      if (!told) console.log(`Another set-up (pid ${holder}) is at work; waiting for it …`);
      await sleep(500);
    }
  }
}

function readHolder() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
