const unitsMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unitsBytes = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** Read a duration such as `500ms`, `30s`, `1m`, `2h`, `7d` as milliseconds. */
export function parseDuration(text: string): number {
  return parse(text, unitsMs, 'a duration', '30s, 500ms or 1m');
}

/** Read a size such as `512MB` or `2GB` (powers of 1024) as bytes. */
export function parseBytes(text: string): number {
  return parse(text, unitsBytes, 'a size', '512MB or 2GB');
}

/** Show bytes in the largest unit that leaves a number of at least one: `1.5 GB`. */
export function showBytes(bytes: number): string {
  const [unit, size] = Object.entries(unitsBytes).findLast(([, size]) => bytes >= size) ?? ['B', 1];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}

function parse(text: string, units: Record<string, number>, what: string, such: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]+)$/.exec(text.trim()) ?? [];
  const size = units[unit ?? ''];
  if (size === undefined) throw new Error(`Cannot read "${text}" as ${what}: wanted ${such}.`);
  return Number(number) * size;
}
