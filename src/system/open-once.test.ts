import { expect, test } from 'vitest';
import { openOnce } from './open-once.ts';

test('the browser is told a door that leads to the address once', async () => {
  let told = '';
  await openOnce('http://127.0.0.1:9/lab?token=secret', async address => {
    told = address;
  });
  expect(told).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{36}$/);
  expect((await fetch(new URL('/favicon.ico', told))).status).toBe(404);
  const first = await fetch(told, { redirect: 'manual' });
  expect([first.status, first.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/lab?token=secret']);
  await expect(fetch(told, { redirect: 'manual' })).rejects.toThrow();
});
