import { z } from 'zod';
import { inState } from '../run/paths.ts';
import { readState, writeState } from '../run/state-file.ts';

const saved = z.object({ month: z.string().regex(/^\d{4}-\d\d$/), calls: z.int().min(0) });

/** Calls to the live API in one calendar month (UTC). */
export type Budget = {
  /** Count one call before it is made. */
  spend: () => void;
  used: () => number;
  limit: number;
};

export type BudgetOptions = {
  limit?: number; // calls a month; the demo plan has 10,000
  path?: string; // where the count is kept; state/market/budget.json
  wall?: () => Date;
};

/** No call is left this month. */
export class BudgetSpent extends Error {
  constructor(limit: number, month: string) {
    super(
      `Cannot call CoinGecko: all ${limit} calls of ${month} are used. Wait for the next month, poll less often, ` +
        'or unset COINGECKO_API_KEY to use the simulated market.',
    );
    this.name = 'BudgetSpent';
  }
}

/**
 * Open the monthly budget of live calls; the count outlives the process.
 *
 * `spend` throws BudgetSpent when no call is left.
 */
export function openBudget(options: BudgetOptions = {}): Budget {
  const { limit = 10_000, path = inState('market', 'budget.json'), wall = () => new Date() } = options;
  const month = (): string => wall().toISOString().slice(0, 7);
  const used = (): number => {
    const kept = readSaved(path);
    return kept?.month === month() ? kept.calls : 0;
  };
  const spend = (): void => {
    const calls = used() + 1;
    if (calls > limit) throw new BudgetSpent(limit, month());
    writeState(path, { month: month(), calls });
  };
  return { spend, used, limit };
}

function readSaved(path: string): z.infer<typeof saved> | undefined {
  const text = readState(path);
  if (text === undefined) return undefined;
  try {
    return saved.parse(JSON.parse(text));
  } catch {
    throw new Error(`Cannot read the budget of calls: ${path} holds ${text.slice(0, 60)}. Delete it to count from 0.`);
  }
}
