import { expect, test } from 'vitest';
import { openOnce, ownerOf } from './open-once.ts';

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

test('the owner of a connection stands in the line of its own end', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2 1
`;
  expect(ownerOf(table, 50_000, 8080)).toBe(1001);
  expect(ownerOf(table, 8080, 50_000)).toBe(1000);
  expect(ownerOf(table, 50_001, 8080)).toBeUndefined();
});
