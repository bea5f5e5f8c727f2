import { join } from 'node:path';
import { inRoot } from '../run/paths.ts';

/** The notebook that JupyterLab opens first. */
export const welcomeNotebook = '00-welcome.ipynb';

/** Absolute path inside the learner's folder, `workspace/`; `TICKLAKE_WORKSPACE` moves it, as tests do. */
export const inWorkspace = (...parts: string[]): string =>
  join(process.env.TICKLAKE_WORKSPACE ?? inRoot('workspace'), ...parts);
