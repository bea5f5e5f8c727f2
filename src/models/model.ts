import type { DataFrame } from 'nodejs-polars';
import { z } from 'zod';
import type { Tx } from '../lake/session.ts';

const column = z.string().regex(/^[a-z][a-z0-9_]*$/);
const table = z.string().regex(/^(bronze|silver|gold|star|pipeline)\.[a-z][a-z0-9_]*$/);

/** What a change of the inputs touches: the rows of one span of `target` come from the inputs of the same span of `source`. */
const slice = z.union([
  z.strictObject({ unit: z.literal('all') }),
  z.strictObject({ unit: z.enum(['minute', 'hour', 'day', 'month']), source: column, target: column }),
]);

/** The header of a model's file. */
export const headerSchema = z.strictObject({
  purpose: z.string().min(10),
  grain: z.array(column).min(1),
  sources: z.array(table),
  /** a view is asked anew each time, a table is kept up to date */
  kind: z.enum(['table', 'view']).default('table'),
  slice: slice.default({ unit: 'all' }),
  /** how far inputs reach back, and changes therefore forward; in hours */
  lookback: z
    .string()
    .regex(/^\d+ hours?$/)
    .transform(text => Number.parseInt(text, 10))
    .optional(),
  /** DuckLake's partition transforms: "coin_id", "year(hour)" */
  partition: z
    .array(z.string().regex(/^([a-z_0-9]+|(year|month|day|hour)\([a-z_0-9]+\)|bucket\(\d+, ?[a-z_0-9]+\))$/))
    .default([]),
  /** the columns by which rows lie sorted in their files, so that a question about one value opens few row groups */
  sorted: z.array(column).default([]),
  /** conditions that are true of every row; null counts as broken */
  audits: z.array(z.string()).default([]),
});

/** A span of time: from (first instant, inclusive) to (exclusive). */
export type Span = { from: Date; to: Date };

/** What SQL cannot say about a model. Given in src/pipeline/tables.ts. */
export type ModelCode = {
  /** Makes the rows from what the select returns; same columns in and out (the select gives typed nulls for those to come). */
  transform?: (input: DataFrame) => DataFrame | Promise<DataFrame>;
  /** Brings the table up to date by itself. The spans are touched times of silver rows, aligned to the slice's unit. */
  refresh?: (tx: Tx, model: Model, spans: Span[]) => Promise<void>;
  /**
   * Keeps a table that is only appended to, by messages in the order of their offsets (see src/silver/stretch.ts): appends those of the
   * given rows that are not there yet, and returns how many. `rows` names a temporary table of the model's shape.
   */
  append?: (tx: Tx, rows: string) => Promise<number>;
};

/** A model: one table or view, its select, and what is known of it. */
export type Model = z.infer<typeof headerSchema> & ModelCode & { name: string; sql: string };
