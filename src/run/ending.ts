import { existsSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Make a signal that aborts when this program is to end: Ctrl-C, SIGTERM, a closed terminal, or the end of the process
 * that started it through `npm`. A second Ctrl-C ends it at once.
 */
export function endingSignal(): AbortSignal {
  const controller = new AbortController();
  const end = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const endOnce = () => controller.signal.aborted || controller.abort();
  process.on('SIGINT', end);
  process.on('SIGTERM', endOnce);
  process.on('SIGHUP', endOnce);
  watchStarter(endOnce);
  return controller.signal;
}

/** `infra/setup/bootstrap.mjs` holds the other end of a pipe, so that kill -9 of it does not go unnoticed. */
function watchStarter(end: () => void): void {
  const descriptor = Number(process.env.TICKLAKE_STARTER_FD);
  delete process.env.TICKLAKE_STARTER_FD;
  if (!descriptor || (existsSync('/dev/fd') && !existsSync(`/dev/fd/${descriptor}`))) return;
  const rope = new Socket({ fd: descriptor, readable: true, writable: false });
  rope.on('error', () => {}).on('close', end);
  rope.resume();
  rope.unref();
}
