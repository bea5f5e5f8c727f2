import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { environment, root, setupLog } from './places.mjs';
import { explain } from './setup-error.mjs';

const keptCharacters = 20_000;

/**
 * Run a program to its end; what it says goes to the set-up log, and its last line to `say`.
 *
 * @throws SetupError that says in plain words why it failed
 */
export async function run(title, command, args, { cwd = root, env = {}, say = () => {} } = {}) {
  mkdirSync(dirname(setupLog), { recursive: true });
  const log = createWriteStream(setupLog, { flags: 'a' });
  log.on('error', () => {}); // a full disk shows in the program's own words
  log.write(`\n$ ${[command, ...args].join(' ')}\n`);
  let said = '';
  const hear = data => {
    log.write(data);
    said = (said + data).slice(-keptCharacters);
    const line = String(data)
      .trim()
      .split(/[\r\n]/)
      .at(-1);
    if (/\w{3}/.test(line)) say(line);
  };
  const child = spawn(command, args, { cwd, env: { ...environment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const code = await new Promise(resolve => {
    child.once('error', error => {
      said += error.message;
      resolve(-1);
    });
    child.once('close', resolve);
  });
  log.end();
  if (code !== 0) throw explain(title, said, root);
}
