import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ServiceName } from '../run/run-file.ts';
import { keepRunning, needsAttention, type Running, type Service } from './supervisor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A service that is ready at once and ends when told so; every event goes to `story`. */
function stage(story: string[]) {
  const ends = new Map<string, (code: number | null) => void>();
  const service = (name: ServiceName, needs: ServiceName[] = []): Service => ({
    name,
    needs,
    log: `/logs/${name}.log`,
    start: async (_signal, before) => {
      story.push(`start ${name}${before ? ` again at ${before}` : ''}`);
      const exited = Promise.withResolvers<{ code: number | null; signal: NodeJS.Signals | null }>();
      ends.set(name, code => exited.resolve({ code, signal: code === null ? 'SIGKILL' : null }));
      const stop = async () => {
        story.push(`stop ${name}`);
        exited.resolve({ code: 0, signal: null });
      };
      return { pid: 1, address: `${name}:1`, exited: exited.promise, stop } satisfies Running;
    },
  });
  const watcher = {
    changed: () => {},
    ended: (name: string, how: string, again: number | null) => story.push(`${name}: ${how}, again in ${again}`),
  };
  return { service, watcher, end: (name: string, code: number | null) => ends.get(name)!(code) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test('services start after those they need and stop in reverse', async () => {
  const story: string[] = [];
  const { service, watcher } = stage(story);
  const keeper = keepRunning([service('broker'), service('feed', ['broker'])], watcher);
  await keeper.ready('feed');
  await keeper.stop();
  expect(story).toEqual(['start broker', 'start feed', 'stop feed', 'stop broker']);
});

test('a service that dies is started again at its address, after growing pauses', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  const keeper = keepRunning([service('market')], watcher);
  await keeper.ready('market');
  end('market', null);
  await vi.advanceTimersByTimeAsync(500);
  end('market', 1);
  await settle();
  await keeper.stop();
  expect(story).toEqual([
    'start market',
    'market: it was ended by SIGKILL, again in 500',
    'start market again at market:1',
    'market: it ended with code 1, again in 1000',
  ]);
});

test('a service that comes back at another address takes those with it that need it', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  let port = 1;
  const broker = service('broker');
  const moving: Service = {
    ...broker,
    start: async (...given) => ({ ...(await broker.start(...given)), address: `b:${port++}` }),
  };
  const keeper = keepRunning([moving, service('market'), service('feed', ['broker', 'market'])], watcher);
  await keeper.ready('feed');
  story.length = 0;
  end('broker', null);
  await vi.advanceTimersByTimeAsync(500);
  await vi.advanceTimersByTimeAsync(500);
  await keeper.stop();
  expect(story).toEqual([
    'broker: it was ended by SIGKILL, again in 500',
    'start broker again at b:1',
    'stop feed',
    'feed: it ended with code 0, again in 500',
    'start feed again at feed:1',
    'stop feed',
    'stop broker',
    'stop market',
  ]);
});

test('a service is started again although its state cannot be noted', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  const told = vi.spyOn(console, 'error').mockImplementation(text => void story.push(text));
  let full = false;
  const changed = () => {
    if (full) throw new Error('ENOSPC: no space left on device, write');
  };
  const keeper = keepRunning([service('market')], { ...watcher, changed });
  await keeper.ready('market');
  full = true;
  end('market', 1);
  await vi.advanceTimersByTimeAsync(500);
  full = false;
  await keeper.stop();
  told.mockRestore();
  expect(story).toEqual([
    'start market',
    'Cannot note that the market is restarting: ENOSPC: no space left on device, write.',
    'market: it ended with code 1, again in 500',
    'Cannot note that the market is restarting: ENOSPC: no space left on device, write.',
    'start market again at market:1',
    'Cannot note that the market is ready: ENOSPC: no space left on device, write.',
    'stop market',
  ]);
});

test('a service that needs attention is left alone', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  const keeper = keepRunning([service('pipeline')], watcher);
  await keeper.ready('pipeline');
  end('pipeline', needsAttention);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(story).toEqual(['start pipeline', 'pipeline: it ended with code 2, again in null']);
  await keeper.stop();
});

test('a service that cannot be started says so, and so do those that need it', async () => {
  const { service, watcher } = stage([]);
  const broken: Service = { ...service('broker'), start: () => Promise.reject(new Error('no jars')) };
  const keeper = keepRunning([broken, service('feed', ['broker'])], watcher);
  await expect(keeper.ready('broker')).rejects.toThrow('no jars');
  await expect(keeper.ready('feed')).rejects.toThrow('no jars');
  await keeper.stop();
});

test('a restart that fails is tried again, and a service that lasted a minute begins at the first pause', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  const whole = service('market');
  let starts = 0;
  const moody: Service = {
    ...whole,
    start: (signal, before) => (++starts === 2 ? Promise.reject(new Error('port taken')) : whole.start(signal, before)),
  };
  const keeper = keepRunning([moody], watcher);
  await keeper.ready('market');
  end('market', null);
  await vi.advanceTimersByTimeAsync(500 + 1000);
  await vi.advanceTimersByTimeAsync(61_000);
  end('market', 1);
  await settle();
  await keeper.stop();
  expect(story).toEqual([
    'start market',
    'market: it was ended by SIGKILL, again in 500',
    'market: it could not be started: port taken, again in 1000',
    'start market again at market:1',
    'market: it ended with code 1, again in 500',
  ]);
});

test('a service that needs attention when it is started again is left alone too', async () => {
  const story: string[] = [];
  const { service, watcher, end } = stage(story);
  const whole = service('pipeline');
  const refused = () => Promise.reject(Object.assign(new Error('another cluster'), { code: needsAttention }));
  const keeper = keepRunning(
    [{ ...whole, start: (signal, before) => (before ? refused() : whole.start(signal, before)) }],
    watcher,
  );
  await keeper.ready('pipeline');
  end('pipeline', null);
  await vi.advanceTimersByTimeAsync(100_000);
  await keeper.stop();
  expect(story).toEqual([
    'start pipeline',
    'pipeline: it was ended by SIGKILL, again in 500',
    'pipeline: it could not be started: another cluster, again in null',
  ]);
});
