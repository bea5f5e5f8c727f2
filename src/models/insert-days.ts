import type { Tx } from '../lake/session.ts';

/** So many days one statement may insert into a table that is partitioned by day: it keeps some 0.7 MB for each of them. */
export const mostDays = 100;

const dayMs = 86_400_000;

/**
 * Insert rows of any number of days into a table that is partitioned by day, a hundred days at once. What is the same for
 * few days is left to one ordinary insert, which need not put the rows aside.
 *
 * @param column - of the rows, an instant or a date, whose day is that of the partition
 * @param query - gives the rows; run once
 * @returns how many they were
 */
export async function insertByDays(tx: Tx, into: string, column: string, query: string): Promise<number> {
  await tx.run(`create or replace temp table arriving as ${query}`);
  const days = await tx.rows<{ day: Date }>(
    `select distinct date_trunc('day', ${column}) as day from temp.arriving order by day`,
  );
  let inserted = 0;
  for (let at = 0; at < days.length; at += mostDays) {
    const part = days.slice(at, at + mostDays);
    inserted += await tx.run(
      `insert into ${into} by name select * from temp.arriving where ${column} >= $from and ${column} < $to`,
      { from: part[0]!.day, to: new Date(part.at(-1)!.day.getTime() + dayMs) },
    );
  }
  await tx.run('drop table temp.arriving');
  return inserted;
}

/** Whether a span is longer than one statement may insert at once. */
export const isLong = ({ from, to }: { from: Date; to: Date }): boolean =>
  to.getTime() - from.getTime() > mostDays * dayMs;
