import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isCollection, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseBytes, parseDuration } from './amounts.ts';
import { inRoot } from './paths.ts';

const amount = (wanted: string, parse: (text: string) => number) =>
  z.string(`wanted ${wanted}`).transform((text, context) => {
    try {
      return parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: `wanted ${wanted}` });
      return z.NEVER;
    }
  });

const duration = amount('a duration such as 30s, 500ms or 1m', parseDuration);
const bytes = amount('a size such as 512MB or 2GB', parseBytes);
const topic = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,249}$/, 'wanted a topic name of letters, digits, ".", "_" and "-"'),
  partitions: z.int().min(1),
  retention: bytes,
});

const profileSchema = z
  .strictObject({
    name: z.string(),
    source: z.strictObject({
      coins: z.array(z.string().min(1)).min(1).max(250),
      vs_currency: z.literal('usd'), // the tables say so in the names of their columns
      poll_interval: duration,
    }),
    topics: z.strictObject({ raw: topic, events: topic }),
    pipeline: z.strictObject({
      interval: duration,
      models: z.array(
        z
          .string()
          .refine(isModel, 'wanted a model of sql/silver, sql/gold or sql/star, such as gold.crypto_hourly_ohlc'),
      ),
    }),
  })
  .transform(({ name, source, topics, pipeline }) => ({
    name,
    /** CoinGecko ids, at most 250: one page. */
    coins: source.coins,
    /** Between two polls, in the market's own time. */
    pollIntervalMs: source.poll_interval,
    topics: { raw: shapeTopic(topics.raw), events: shapeTopic(topics.events) },
    /** Wall time that caps a batch. */
    pipelineIntervalMs: pipeline.interval,
    /** Models to keep up to date; the pipeline puts them in order. */
    models: pipeline.models,
  }));

function isModel(name: string): boolean {
  const [, layer, table] = /^(silver|gold|star)\.(\w+)$/.exec(name) ?? [];
  return layer !== undefined && existsSync(inRoot('sql', layer, `${table}.sql`));
}

function shapeTopic({ name, partitions, retention }: z.infer<typeof topic>) {
  return { name, partitions, retentionBytes: retention };
}

/** The settings of one of the systems: what is polled, where it goes, which tables are kept. */
export type Profile = z.infer<typeof profileSchema>;
export const defaultProfile = 'crypto-analytics';

/**
 * Read `infra/profiles/<name>.yaml`.
 *
 * @throws when there is no such profile, or it does not say what it must: file, line, what was found and wanted.
 */
export function readProfile(name: string = defaultProfile): Profile {
  const folder = inRoot('infra', 'profiles');
  const path = `${folder}/${name}.yaml`;
  if (!/^[\w-]+$/.test(name) || !existsSync(path)) {
    const known = readdirSync(folder).flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []));
    throw new Error(`Cannot read profile "${name}": there is none. Take one of ${known.join(', ')}.`);
  }
  return parseProfile(readFileSync(path, 'utf8'), `infra/profiles/${name}.yaml`);
}

/** Parse the text of a profile; `file` names it in errors. */
export function parseProfile(text: string, file: string): Profile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken)
    throw new Error(`Cannot read ${file}, line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`);
  const result = profileSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  const { path, message, code } = result.error.issues[0]!;
  const keys = code === 'unrecognized_keys' ? [...path, (result.error.issues[0] as { keys: string[] }).keys[0]!] : path;
  const found = document.getIn(keys);
  const shown = found === undefined ? 'nothing' : JSON.stringify(isCollection(found) ? found.toJSON() : found);
  const line = lineOf(keys as (string | number)[]);
  const wanted = message.replace(/^Invalid input: expected (.*), received .*$/, 'wanted $1');
  throw new Error(`Cannot use ${file}, line ${line}: ${keys.join('.') || 'the file'} is ${shown}, ${wanted}.`);

  /** The line of the innermost part of the path that is there. */
  function lineOf(path: (string | number)[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}
