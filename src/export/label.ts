import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Source } from './source.ts';

/** The file that says what an export is; tools that read folders leave out names that begin with "_". */
export const labelFile = '_export.json';

const labelSchema = z.object({
  export: z.literal('ticklake'),
  table: z.string(),
  /** the snapshot of the lake, and when it was made (UTC) */
  version: z.int(),
  at: z.iso.datetime(),
  rows: z.int(),
});

const filesSchema = labelSchema.extend({
  format: z.enum(['parquet', 'csv']),
  partition_by: z.array(z.string()),
  /** relative to this file in a folder, whole addresses in S3 */
  files: z.array(z.string()),
});

/** What an export says of itself. */
export type Label = z.infer<typeof labelSchema>;

/** What an export of files says of itself. */
export type FilesLabel = z.infer<typeof filesSchema>;

/** Say what a table's export is. */
export const labelOf = ({ name, version, at }: Source, rows: number): Label => ({
  export: 'ticklake',
  table: name,
  version,
  at: at.toISOString(),
  rows,
});

/** Parse a label, undefined when it is none of ours. */
export const parseLabel = (text: string): Label | undefined => parse(labelSchema, text);

/** Parse the label of files, undefined when it is none of ours. */
export const parseFilesLabel = (text: string): FilesLabel | undefined => parse(filesSchema, text);

function parse<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Read the label of a folder, undefined when it has none of ours. */
export function readLabel(folder: string): FilesLabel | undefined {
  try {
    return parseFilesLabel(readFileSync(join(folder, labelFile), 'utf8'));
  } catch {
    return undefined;
  }
}
