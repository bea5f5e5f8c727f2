/** A call to the market that brought no complete answer with status 200. Its message names URL, status and what to do next. */
export class MarketError extends Error {
  readonly url: string;
  readonly status: number | undefined; // undefined: no answer at all
  readonly retryAfterMs: number | undefined;

  private constructor(
    url: string,
    status: number | undefined,
    why: string,
    next: string,
    key?: string,
    retryAfterMs?: number,
  ) {
    super(hide(`Cannot fetch ${url}: ${why}. ${next}`, key));
    this.name = 'MarketError';
    this.url = hide(url, key);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** No complete answer came. What axios threw is not kept as the cause, since it carries the headers. */
  static unreachable(url: string, error: unknown, key?: string): MarketError {
    const { code, message } = error as { code?: string; message?: string };
    const why =
      code === 'ECONNREFUSED'
        ? 'connection refused'
        : message === 'aborted' || message?.includes('aborted') || code === 'ECONNRESET'
          ? 'the connection broke before the answer was complete'
          : `${message ?? error}${code ? ` (${code})` : ''}`;
    return new MarketError(url, undefined, why, 'Start the market with "npm start", or set COINGECKO_BASE_URL.', key);
  }

  /** An answer came, but not with status 200. */
  static refused(
    url: string,
    status: number,
    message: string | undefined,
    retryAfter: string | undefined,
    key?: string,
  ): MarketError {
    const seconds = retryAfter === undefined ? undefined : readRetryAfter(retryAfter);
    const why = `status ${status}${message ? `, "${hide(message, key).slice(0, 200)}"` : ''}`;
    return new MarketError(
      url,
      status,
      why,
      nextStep(status, seconds),
      key,
      seconds === undefined ? undefined : seconds * 1000,
    );
  }
}

/** Whether the same call may bring an answer a little later. */
export function wantsRetry(error: unknown): boolean {
  if (!(error instanceof MarketError)) return false;
  return error.status === undefined || error.status === 408 || error.status === 429 || error.status >= 500;
}

function nextStep(status: number, seconds: number | undefined): string {
  if (status === 429) return `Wait ${seconds === undefined ? 'a minute' : `${seconds} s`}, or poll less often.`;
  if (status === 401 || status === 403)
    return 'Is COINGECKO_API_KEY a key of the demo plan? Unset it to use the simulated market.';
  if (status === 404) return 'Is the id of the coin, or COINGECKO_BASE_URL, spelled right?';
  if (status >= 500) return "The fault is the market's; try again in a minute.";
  return 'Correct the parameters.';
}

/** Seconds that Retry-After asks for: a number, or a date (RFC 9110, 10.2.3). */
function readRetryAfter(text: string): number | undefined {
  if (/^\d+$/.test(text.trim())) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

const hide = (text: string, key: string | undefined): string => (key ? text.replaceAll(key, '…') : text);
