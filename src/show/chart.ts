import { faultOf } from './fault.ts';
import { chartConfig } from './theme.ts';

/** A vega-lite v5 specification (https://vega.github.io/vega-lite/docs/spec.html); rows may hold dates and big integers. */
export type Spec = { [property: string]: unknown };

const schema = 'https://vega.github.io/schema/vega-lite/v5.json';
const mimeType = 'application/vnd.vegalite.v5+json';
const views = ['mark', 'layer', 'hconcat', 'vconcat', 'concat', 'facet', 'repeat', 'spec'];

/** Tell whether a value is a vega-lite spec: it names its schema, or holds data beside a mark or a composition. */
export function isSpec(value: object): value is Spec {
  if ('$schema' in value) return String(value.$schema).includes('vega-lite');
  return 'data' in value && views.some(view => view in value);
}

/**
 * Dress a spec in the course's look and give its forms for a notebook. Times are drawn in UTC and their axis says so; title
 * and subtitle describe the chart to screen readers unless it has a description of its own.
 *
 * @throws when the chart would stay empty or fail without a word (fault.ts)
 */
export function dress(spec: Spec): Record<string, unknown> {
  const fault = faultOf(spec);
  if (fault) throw new Error(fault);
  const words = titleOf(spec);
  const drawn = {
    $schema: schema,
    description: words,
    usermeta: {
      embedOptions: { renderer: 'svg', actions: { export: true, source: false, compiled: false, editor: false } },
    },
    ...(inUtc(plain(spec)) as Spec),
    config: merge(chartConfig, (spec.config as Spec) ?? {}),
  };
  return { [mimeType]: drawn, 'text/plain': `Chart: ${words || 'without a title'}` };
}

function titleOf(spec: Spec): string {
  const title = spec.title as string | { text?: unknown; subtitle?: unknown } | undefined;
  const parts = typeof title === 'object' ? [title.text, title.subtitle] : [title];
  return parts.flat().filter(Boolean).join('. ');
}

/** A copy that JSON can carry: dates as epoch milliseconds, big integers as numbers, numbers that are not finite as null. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.getTime();
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** Give every temporal channel a UTC scale and say UTC beside the name of its axis. */
function inUtc(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inUtc);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => {
    if (name === 'data' || name === 'datasets' || name === 'config') return [name, part];
    if (name === 'encoding') return [name, mapChannels(part as Spec)];
    return [name, inUtc(part)];
  });
  return Object.fromEntries(entries);
}

function mapChannels(encoding: Spec): Spec {
  return Object.fromEntries(
    Object.entries(encoding).map(([name, channel]) => [
      name,
      Array.isArray(channel) ? channel.map(part => utcChannel(name, part)) : utcChannel(name, channel as Spec),
    ]),
  );
}

function utcChannel(name: string, channel: Spec): Spec {
  if (channel?.type !== 'temporal' || channel.scale === null) return channel;
  const utc = { ...channel, scale: { type: 'utc', ...(channel.scale as object) } };
  if (name === 'tooltip') return { format: '%Y-%m-%d %H:%M', ...utc, title: `${channel.title ?? channel.field} (UTC)` };
  if (name !== 'x' && name !== 'y') return utc;
  if (channel.title === null || (channel.axis as Spec | null) === null) return utc;
  const title = String(channel.title ?? channel.field ?? '');
  return { ...utc, title: /UTC/.test(title) ? title : `${title} (UTC)`.trim(), axis: timeAxis(channel.axis as Spec) };
}

/** Days as "7 Mar", hours as "06:00", unless the axis says otherwise. */
function timeAxis(axis: Spec | undefined): Spec {
  const hour =
    "utcseconds(datum.value) ? '%H:%M:%S' : utchours(datum.value) || utcminutes(datum.value) ? '%H:%M' : '%-d %b'";
  if (axis?.format || axis?.labelExpr) return axis;
  return { labelExpr: `utcFormat(datum.value, ${hour})`, ...axis };
}

function merge(base: Spec, over: Spec): Spec {
  const merged: Spec = { ...base };
  for (const [name, part] of Object.entries(over)) {
    const below = merged[name];
    const both = [below, part].every(side => typeof side === 'object' && side !== null && !Array.isArray(side));
    merged[name] = both ? merge(below as Spec, part as Spec) : part;
  }
  return merged;
}
