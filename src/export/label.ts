import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The file that says what an export is; tools that read folders leave out names that begin with "_". */
export const labelFile = '_export.json';

const labelSchema = z.object({
  export: z.literal('ticklake'),
  table: z.string(),
  /** the snapshot of the lake, and when it was made (UTC) */
  version: z.int(),
  at: z.iso.datetime(),
  format: z.enum(['parquet', 'csv']),
  partition_by: z.array(z.string()),
  rows: z.int(),
  /** relative to this file in a folder, whole addresses in S3 */
  files: z.array(z.string()),
});

/** What an export says of itself. */
export type Label = z.infer<typeof labelSchema>;

/** Parse a label, undefined when it is none of ours. */
export function parseLabel(text: string): Label | undefined {
  try {
    return labelSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Read the label of a folder, undefined when it has none of ours. */
export function readLabel(folder: string): Label | undefined {
  try {
    return parseLabel(readFileSync(join(folder, labelFile), 'utf8'));
  } catch {
    return undefined;
  }
}
