import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { inRoot } from '../run/paths.ts';
import { headerSchema, type Model, type ModelCode } from './model.ts';

/**
 * Read the model of a table from `sql/<layer>/<name>.sql`: a YAML header in comment lines, then one select.
 *
 * @param name - "gold.crypto_hourly_stats"
 * @param code - what SQL cannot say
 * @throws when the header is not as model.ts wants it
 */
export function readModel(name: string, code: ModelCode = {}): Model {
  const file = inRoot('sql', ...`${name}.sql`.split(/\.(?=.*\.)/));
  return parseModel(name, readFileSync(file, 'utf8'), code);
}

/** Parse a model's text; see readModel. */
export function parseModel(name: string, text: string, code: ModelCode = {}): Model {
  const lines = text.split('\n');
  const end = lines.findIndex(line => !line.startsWith('--'));
  const header = lines.slice(0, end).map(line => line.replace(/^-- ?/, ''));
  const sql = lines.slice(end).join('\n').trim().replace(/;$/, '');
  const parsed = headerSchema.safeParse(parse(header.join('\n')));
  if (!parsed.success)
    throw new Error(`Cannot read the model ${name}: its header is not right. ${z.prettifyError(parsed.error)}`);
  if (!sql) throw new Error(`Cannot read the model ${name}: no select follows its header.`);
  return { name, sql, ...parsed.data, ...code };
}
