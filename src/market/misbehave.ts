import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { MarketCoin } from './schema.ts';

/** What the market can do wrong, and what the number after `=` means. */
export const faults = {
  429: 'too many calls; seconds in Retry-After (1)',
  500: 'a server error',
  503: 'unavailable; seconds in Retry-After (1)',
  slow: 'the right answer, late by milliseconds (2000)',
  cut: 'the connection breaks after half of the body',
  html: 'an HTML page with status 200',
  late: 'the first coin as it stood seconds earlier (600)',
  'text-price': 'the first price as text',
  'null-price': 'the first price is null',
  duplicate: 'the first coin twice',
  half: 'half of the body as if it were all of it',
} as const;
export type FaultKind = keyof typeof faults;
export type Fault = { kind: `${FaultKind}`; amount: number | undefined };

/**
 * Read a fault such as `slow`, `429=3` or `late=900`.
 *
 * @throws naming the faults there are
 */
export function readFault(text: string): Fault {
  const [kind, amount] = text.split('=');
  if (!kind || !Object.hasOwn(faults, kind) || (amount !== undefined && !/^\d{1,6}$/.test(amount)))
    throw new Error(
      `Cannot misbehave by "${text}": wanted one of ${Object.keys(faults).join(', ')}, with "=number" or without.`,
    );
  return { kind: kind as `${FaultKind}`, amount: amount === undefined ? undefined : Number(amount) };
}

/** Faults waiting for the next answers to a path. */
export type Mischief = {
  /** Let the next `times` answers to paths that end in `path` have the fault. */
  plan: (path: string, fault: Fault, times: number) => void;
  /** The fault for the answer to `path`, taken off the plan. */
  take: (path: string) => Fault | undefined;
  /** Forget what was planned. */
  clear: () => void;
  planned: () => { path: string; fault: Fault; times: number }[];
};

export function openMischief(): Mischief {
  let plans: { path: string; fault: Fault; times: number }[] = [];
  return {
    plan: (path, fault, times) => plans.push({ path, fault, times }),
    take: path => {
      const plan = plans.find(one => path.endsWith(one.path));
      if (plan && --plan.times === 0) plans = plans.filter(one => one !== plan);
      return plan?.fault;
    },
    clear: () => {
      plans = [];
    },
    planned: () => plans.map(plan => ({ ...plan })),
  };
}

/**
 * Spoil one answer.
 *
 * @param reply to answer with; its headers are set
 * @param body the right answer as of `secondsEarlier`
 */
export async function misbehave(
  { kind, amount }: Fault,
  reply: FastifyReply,
  body: (secondsEarlier?: number) => string,
): Promise<FastifyReply> {
  switch (kind) {
    case '429':
      return refuse(reply, 429, 'You have sent too many calls. Wait as long as Retry-After says.', amount ?? 1);
    case '503':
      return refuse(reply, 503, 'The service is not available for the moment.', amount ?? 1);
    case '500':
      return refuse(reply, 500, 'Something went wrong.');
    case 'slow':
      await sleep(amount ?? 2000);
      return reply.send(body());
    case 'cut':
      return cut(reply, Buffer.from(body()));
    case 'html':
      return reply
        .type('text/html; charset=utf-8')
        .send('<!DOCTYPE html><html><body><h1>Checking your browser</h1></body></html>');
    case 'half':
      return reply.send(body().slice(0, body().length / 2));
    default:
      return reply.send(spoil(kind, body, amount));
  }
}

/** Tell someone off in CoinGecko's words for it: `{"status": {"error_code", "error_message"}}`, with Retry-After in seconds. */
export function refuse(reply: FastifyReply, status: number, message: string, retryAfter?: number): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  return reply
    .type('application/json; charset=utf-8')
    .code(status)
    .send(JSON.stringify({ status: { error_code: status, error_message: message } }));
}

function cut(reply: FastifyReply, body: Buffer): FastifyReply {
  reply.header('content-length', String(body.length));
  const headers = reply.getHeaders() as Record<string, string>;
  reply.hijack();
  reply.raw.writeHead(200, headers);
  reply.raw.write(body.subarray(0, body.length / 2), () => reply.raw.destroy());
  return reply;
}

/** Change the rows of a `/coins/markets` answer; other answers stay as they are. */
function spoil(kind: Fault['kind'], body: (secondsEarlier?: number) => string, amount = 600): string {
  const rows = JSON.parse(body()) as MarketCoin[];
  const first = rows[0];
  if (!Array.isArray(rows) || !first) return body();
  const price = first.current_price;
  if (kind === 'duplicate') rows.unshift(first);
  if (kind === 'null-price') first.current_price = null;
  if (kind === 'text-price') (first as Record<string, unknown>).current_price = price === null ? '' : String(price);
  if (kind === 'late') {
    const earlier = (JSON.parse(body(amount)) as MarketCoin[]).find(row => row.id === first.id);
    if (earlier) rows[0] = earlier;
  }
  return JSON.stringify(rows);
}
