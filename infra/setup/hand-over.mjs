import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, findNode, root } from './places.mjs';

/**
 * Run src/cli/<name>.ts under Node 24 to its end; settles with its exit code. It holds a pipe to this process, so that
 * it notices our end; and this process notices the end of the npm that started it, which passes no signal on.
 */
export async function handOver(name, args) {
  const node = findNode();
  const env = { ...environment(node), TICKLAKE_STARTER_FD: '3' };
  const script = join(root, 'src', 'cli', `${name}.ts`);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  // Ctrl-C and a closed terminal reach the child by themselves; it decides when to end.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const starter = starterOf();
  const watch = setInterval(() => starterOf() !== starter && child.kill('SIGTERM'), 500);
  const [code, signal] = await new Promise(resolve => child.once('close', (...how) => resolve(how)));
  clearInterval(watch);
  return signal ? 1 : code;
}

/** The pid of the npm that started us, undefined when none did. Some shells stay between npm and us, others do not. */
function starterOf() {
  if (!process.env.npm_lifecycle_event) return undefined;
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'));
    return ['sh', 'dash', 'bash', 'zsh'].includes(name) ? Number(parent) : process.ppid;
  } catch {
    return process.ppid; // no /proc: on macOS the shell gives its place to us
  }
}
