import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchBrowser } from '../../infra/jupyter/browser.ts';
import { type Ground, openGround } from '../proof/ground.fixture.ts';
import { coin } from '../silver/landing.fixture.ts';
import { type GoldServer, startServer } from './server.ts';

const start = Date.UTC(2026, 2, 9);
const hour = 3_600_000;
const hostileId = '<img/src=x/onerror=document.title="taken">';
const hostileName = '"><script>document.title="taken"</script><img src=x onerror=document.title="taken">';

let ground: Ground;
let server: GoldServer;
let browser: Browser;
beforeAll(async () => {
  ground = await openGround();
  await ground.open();
  await publish(Array.from({ length: 52 }, (_, at) => start + at * (hour / 2)));
  await ground.runUntilIdle();
  server = await startServer({ path: join(ground.state, 'lake', 'catalog.sqlite'), brokers: ground.addresses });
  browser = await launchBrowser();
  await vi.waitFor(() => expect(server.keeper.gold()).toBeDefined(), { timeout: 60_000, interval: 50 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await ground?.[Symbol.asyncDispose]();
});

const publish = (times: number[], price = 100) =>
  ground.publish(
    times.map((time, at) => {
      const pollTime = new Date(time);
      const coins = [
        coin(hostileId, pollTime, price + at, { name: hostileName, market_cap: 2e9 }),
        coin('tron', pollTime, 0.3 + at / 1000, { name: 'TRON' }),
        coin('nix', pollTime, null),
      ];
      const headers = { source: 'simulated', status: '200', poll_time: pollTime.toISOString() };
      return { key: 'coins/markets', value: JSON.stringify(coins), timestamp: pollTime, headers };
    }),
  );

test('the dashboard shows what runs, by itself, to eyes, keys and screen readers, and hostile names do nothing', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'dark' });
  const problems: string[] = [];
  const elsewhere: string[] = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  page.on('request', asked => asked.url().startsWith(server.address) || elsewhere.push(asked.url()));
  await page.goto(server.address);

  for (const id of ['price', 'candles', 'movers', 'volatility', 'cap'])
    await page.locator(`#${id} svg`).waitFor({ state: 'attached', timeout: 60_000 });
  await page.locator('#messages td.code').first().waitFor({ timeout: 60_000 });
  const names = await page.locator('#coin option').allTextContents();
  expect(names).toEqual([hostileName, 'TRON']);
  expect(await page.locator('#movers svg').textContent()).toContain('<img/src=x');
  expect(await page.locator('#quarantine').textContent()).toContain('price_missing');
  expect(await page.locator('#market').textContent()).toContain('$151');

  // Landmarks, names and descriptions; the numbers stand in a table.
  for (const role of ['banner', 'main', 'contentinfo', 'navigation'] as const)
    expect(await page.getByRole(role).count(), role).toBe(1);
  for (const label of ['Coin', 'Topic', 'Theme']) expect(await page.getByLabel(label, { exact: true }).count()).toBe(1);
  const described = await page.locator('#price svg [aria-label], #price [role=graphics-document]').first();
  expect(await described.getAttribute('aria-label')).toContain('last 24 hours');
  // By the tab key alone: the skip link, then every choice, each with a visible focus.
  const reached: Record<string, string> = {};
  for (let press = 0; press < 12; press++) {
    await page.keyboard.press('Tab');
    const [name, outline] = (await page.evaluate(`[
      document.activeElement.id || document.activeElement.className || document.activeElement.tagName,
      getComputedStyle(document.activeElement).outlineStyle,
    ]`)) as [string, string];
    reached[name] = outline;
  }
  expect(reached).toMatchObject({ skip: 'solid', theme: 'solid', coin: 'solid', SUMMARY: 'solid', scroll: 'solid' });
  expect(Object.values(reached)).not.toContain('none');
  await page.locator('#price summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('#price tbody tr').first().waitFor();

  // Dark by the system's wish, light by the switch.
  const ground0 = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  await page.getByLabel('Theme').selectOption('light');
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  expect(ground0).not.toBe('rgb(255, 255, 255)');

  // A poll that comes while the page is open shows by itself.
  await publish([start + 26 * hour], 777);
  await ground.runUntilIdle();
  await vi.waitFor(async () => expect(await page.locator('#market').textContent()).toContain('$777'), {
    timeout: 60_000,
    interval: 250,
  });

  expect(await page.title()).toBe('ticklake: the market live');
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(elsewhere).toEqual([]);
  expect(problems).toEqual([]);
});
