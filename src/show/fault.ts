import type { Spec } from './chart.ts';

const marks =
  'arc area bar boxplot circle errorband errorbar geoshape image line point rect rule square text tick trail'.split(
    ' ',
  );
const types = ['quantitative', 'temporal', 'ordinal', 'nominal', 'geojson'];

/**
 * Say what would make a chart empty or fail without a word: a mark or a type that there is none of, rows that are missing, a
 * field that the rows do not have. Undefined when nothing of that kind is found.
 */
export function faultOf(spec: Spec): string | undefined {
  const views = [spec, ...partsOf(spec)];
  for (const { mark } of views) {
    const name = typeof mark === 'object' && mark !== null ? (mark as Spec).type : mark;
    if (name !== undefined && !marks.includes(String(name)))
      return `There is no mark "${name}". Take one of ${marks.join(', ')}.`;
  }
  const channels = views.flatMap(channelsOf);
  const odd = channels.find(({ type }) => type !== undefined && !types.includes(String(type)));
  if (odd) return `There is no type "${odd.type}". Take one of ${types.join(', ')}.`;
  return faultOfFields(spec, views, channels);
}

function faultOfFields(spec: Spec, views: Spec[], channels: Spec[]): string | undefined {
  const rows = (spec.data as Spec | undefined)?.values;
  const ownData = views.slice(1).some(({ data }) => data !== undefined);
  // What transforms make of the rows is not known here.
  if (!Array.isArray(rows) || ownData || views.some(({ transform }) => transform !== undefined)) return undefined;
  if (rows.length === 0) return 'There are no rows to draw. Look at what made them.';
  const names = new Set(rows.slice(0, 100).flatMap(row => Object.keys(row ?? {})));
  const missing = channels.find(
    ({ field }) => typeof field === 'string' && !/[.[\]\\]/.test(field) && !names.has(field),
  );
  return (
    missing &&
    `The rows have no column "${missing.field}". They have ${[...names].map(name => `"${name}"`).join(', ')}.`
  );
}

const partsOf = (spec: Spec): Spec[] =>
  ((spec.layer as Spec[] | undefined) ?? []).flatMap(part => [part, ...partsOf(part)]);

const channelsOf = ({ encoding }: Spec): Spec[] =>
  Object.values((encoding as Spec | undefined) ?? {})
    .flat()
    .filter((channel): channel is Spec => typeof channel === 'object' && channel !== null);
