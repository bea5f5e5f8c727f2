import type { Lake } from '../lake/open.ts';
import type { Ground } from './exercise.ts';

/**
 * The same ground, whose queries are read in small parts by several threads, as those of a table of millions of rows are. An
 * aggregate gets its rows in another order then, unless the query says in which: a sorted subquery does not.
 */
export const inParts = (ground: Ground): Ground => ({ ...ground, lake: { ...ground.lake, rows: rowsInParts(ground) } });

const rowsInParts =
  ({ lake }: Ground): Lake['rows'] =>
  (sql, params) =>
    lake.reads(async session => {
      await session.run('pragma verify_parallelism'); // DuckDB's own trial: a part is 2,048 rows, of a table or of a sort
      try {
        return await session.rows(sql, params);
      } finally {
        await session.run('pragma disable_verify_parallelism'); // the next read has this connection
      }
    });
