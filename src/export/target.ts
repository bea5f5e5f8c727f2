import type { Session } from '../lake/session.ts';
import type { Source } from './source.ts';

/** Where a table goes: first all that takes long is done aside, then it is put in its place at once. */
export type Target = {
  /** where the export will be found, without passwords */
  readonly place: string;
  /** Take the rows out of the lake; says how many. May be called again, after it failed. */
  stage(session: Session, source: Source): Promise<number>;
  /** Put what was staged in the place of the earlier export. */
  deliver(): Promise<void>;
  /** Remove what was staged, delivered or not. */
  discard(): Promise<void>;
};
