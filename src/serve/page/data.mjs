/** Ask for JSON; an answer that is no data becomes an error with the server's own words. */
export async function ask(path) {
  const answer = await fetch(`/api/v1${path}`);
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error), { status: answer.status });
  return body;
}

/** All pages of a list, up to a number of rows; of one version, unless each of three tries met news. */
export async function askAll(path, most = 5000) {
  for (let tries = 1; ; tries++) {
    const rows = [];
    const versions = new Set();
    for (let offset = 0; offset !== null && rows.length < most; ) {
      const page = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=1000&offset=${offset}`);
      versions.add(page.version);
      rows.push(...page.rows);
      offset = page.next;
    }
    if (versions.size === 1 || tries === 3) return rows;
  }
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

export const usd = value => (value === null ? '–' : `$${number.format(value)}`);
export const shortUsd = value => (value === null ? '–' : `$${short.format(value)}`);
export const count = value => (value === null ? '–' : value.toLocaleString('en'));
export const percent = value =>
  value === null ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)} %`;
/** `2026-03-09T04:58:00.000Z` as `2026-03-09 04:58`. */
export const minute = iso => (iso === null ? '–' : iso.slice(0, 16).replace('T', ' '));
export const second = iso => (iso === null ? '–' : iso.slice(0, 19).replace('T', ' '));
