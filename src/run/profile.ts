import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type Document, isCollection, LineCounter, parseDocument } from 'yaml';
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

const model = z
  .string()
  .refine(isModel, 'wanted a model of sql/bronze, sql/silver, sql/gold or sql/star, such as gold.crypto_hourly_ohlc');

/** Coins by their CoinGecko ids, which fit on one page; or the first by market cap, `top` a page. */
const coins = z.union(
  [
    z.array(z.string().min(1)).min(1).max(250),
    z.strictObject({ top: z.int().min(1).max(250), pages: z.int().min(1).max(40).default(1) }),
  ],
  'wanted 1 to 250 ids of coins, or { top: 1 to 250, pages: 1 to 40 }',
);

const profileSchema = z
  .strictObject({
    name: z.string(),
    source: z.strictObject({
      coins,
      vs_currency: z.literal('usd'), // the tables say so in the names of their columns
      poll_interval: duration.refine(ms => ms > 0, 'wanted more than 0s'),
      begin: z.enum(['history', 'now'], 'wanted history or now').default('history'),
    }),
    topics: z
      .strictObject({ raw: topic.optional(), events: topic.optional() })
      .refine(({ raw, events }) => raw ?? events, 'wanted a topic: raw, events or both'),
    pipeline: z.strictObject({
      interval: duration,
      time_travel: duration.default(15 * 60_000),
      models: z.array(model),
    }),
    exports: z
      .array(
        z.strictObject({
          table: model.regex(/^(silver|gold|star)\./, 'wanted a table of silver, gold or star'),
          format: z.enum(['parquet', 'csv'], 'wanted parquet or csv'),
          partition_by: z.array(z.string()).default([]),
          to: z.string().min(1, 'wanted a folder, s3://… or postgres://…'),
        }),
      )
      .default([]),
  })
  .transform(({ name, source, topics, pipeline, exports }) => ({
    name,
    coins: source.coins,
    /** Between two polls, in the market's own time. */
    pollIntervalMs: source.poll_interval,
    /** Where polls of a simulated market begin when there are none yet: seven days before its first start, or at its clock. */
    begin: source.begin,
    topics: {
      /** One message a page of a poll, the answer as it came. */
      raw: topics.raw && shapeTopic(topics.raw),
      /** One message a coin, keyed by it. */
      events: topics.events && shapeTopic(topics.events),
    },
    /** The topic that lands in bronze: that of whole polls, or of events where there is no other. */
    landed: shapeTopic((topics.raw ?? topics.events)!),
    /** Wall time that caps a batch. */
    pipelineIntervalMs: pipeline.interval,
    /** How far back the lake's snapshots reach, in wall time. */
    timeTravelMs: pipeline.time_travel,
    /** Models to keep up to date; the pipeline puts them in order. */
    models: pipeline.models,
    /** What is written for other tools after a run with an end. */
    exports: exports.map(({ partition_by: partitionBy, ...rest }) => ({ ...rest, partitionBy })),
  }));

function isModel(name: string): boolean {
  const [, layer, table] = /^(bronze|silver|gold|star)\.(\w+)$/.exec(name) ?? [];
  return layer !== undefined && existsSync(inRoot('sql', layer, `${table}.sql`));
}

function shapeTopic({ name, partitions, retention }: z.infer<typeof topic>) {
  return { name, partitions, retentionBytes: retention };
}

/** The settings of one of the systems: what is polled, where it goes, which tables are kept. */
export type Profile = z.infer<typeof profileSchema>;
export const defaultProfile = 'crypto-analytics';

/**
 * Read `infra/profiles/<name>.yaml`, and what the environment says instead:
 * COINS (ids, by commas) or TOP_N_COINS and API_PAGES, POLL_INTERVAL, KAFKA_TOPIC (of the topic that lands).
 *
 * @throws when there is no such profile, or it does not say what it must: file and line, or variable, what was found and wanted.
 */
export function readProfile(name: string = defaultProfile, environment: Environment = process.env): Profile {
  const folder = inRoot('infra', 'profiles');
  const path = `${folder}/${name}.yaml`;
  if (!/^[\w-]+$/.test(name) || !existsSync(path)) {
    const known = readdirSync(folder).flatMap(file => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []));
    throw new Error(`Cannot read profile "${name}": there is none. Take one of ${known.join(', ')}.`);
  }
  return parseProfile(readFileSync(path, 'utf8'), `infra/profiles/${name}.yaml`, environment);
}

type Environment = Record<string, string | undefined>;

/** Parse the text of a profile; `file` names it in errors. */
export function parseProfile(text: string, file: string, environment: Environment = {}): Profile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken)
    throw new Error(`Cannot read ${file}, line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`);
  const result = profileSchema.safeParse(contentOf(document, file));
  if (result.success) return override(document, result.data, environment);
  const [issue] = result.error.issues;
  const { path, code } = issue!;
  const keys = code === 'unrecognized_keys' ? [...path, (issue as { keys: string[] }).keys[0]!] : path;
  const found = document.getIn(keys);
  const shown = found === undefined ? 'nothing' : JSON.stringify(isCollection(found) ? found.toJSON() : found);
  const line = lineOf(keys as (string | number)[]);
  throw new Error(
    `Cannot use ${file}, line ${line}: ${keys.join('.') || 'the file'} is ${shown}, ${wantedBy(issue!.message)}.`,
  );

  /** The line of the innermost part of the path that is there. */
  function lineOf(path: (string | number)[]): number {
    for (let depth = path.length; depth > 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** Its values; a text that names the same part again and again may make too many of them. */
function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new Error(`Cannot read ${file}: ${(error as Error).message}.`);
  }
}

const wantedBy = (message: string): string =>
  message.replace(/^(?:Invalid input|Too \w+): expected (.*?)(?:, received .*)?$/, 'wanted $1');

/** What each variable of the environment stands for in a profile. */
const variables: Record<string, (profile: Document, text: string) => void> = {
  COINS: (profile, text) =>
    profile.setIn(
      ['source', 'coins'],
      text
        .split(',')
        .map(id => id.trim())
        .filter(Boolean),
    ),
  TOP_N_COINS: (profile, text) =>
    setCoins(profile, { top: number(text), pages: profile.getIn(['source', 'coins', 'pages']) ?? 1 }),
  API_PAGES: (profile, text) =>
    setCoins(profile, { top: profile.getIn(['source', 'coins', 'top']) ?? 250, pages: number(text) }),
  POLL_INTERVAL: (profile, text) => profile.setIn(['source', 'poll_interval'], text),
  KAFKA_TOPIC: (profile, text) =>
    profile.setIn(['topics', profile.hasIn(['topics', 'raw']) ? 'raw' : 'events', 'name'], text),
};

const setCoins = (profile: Document, coins: object) => profile.setIn(['source', 'coins'], profile.createNode(coins));

const number = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);

/** Put what the environment says in the place of what a profile says, which holds without it. */
function override(document: Document, profile: Profile, environment: Environment): Profile {
  let latest = profile;
  for (const [name, put] of Object.entries(variables)) {
    const text = environment[name];
    if (!text) continue;
    put(document, text);
    const result = profileSchema.safeParse(document.toJS());
    if (!result.success) throw new Error(`Cannot use ${name}=${text}: ${wantedBy(result.error.issues[0]!.message)}.`);
    latest = result.data;
  }
  return latest;
}
