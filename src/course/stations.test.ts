import { expect, test } from 'vitest';
import { modelsUpTo } from '../pipeline/tables.ts';
import { groundModels, stationPlan, stations } from './stations.ts';

test('the grounds are made of tables and views that there are, none named twice', () => {
  const known = modelsUpTo('star').map(({ name }) => name);
  for (const { name, models } of stations) {
    expect(
      models.filter(model => !known.includes(model)),
      name,
    ).toEqual([]);
    expect(new Set(models).size, name).toBe(models.length);
  }
});

test('the stations up to the star stand on their tables alone; later ones may have more', () => {
  for (const { models } of stations.slice(0, 7)) expect(models).toEqual(groundModels);
  expect(stationPlan('08-windows').models).toContain('gold.crypto_metrics_1m');
});
