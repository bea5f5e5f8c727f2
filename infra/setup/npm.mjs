import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, findNode } from './places.mjs';
import { run } from './run.mjs';
import { SetupError } from './setup-error.mjs';

/** Run the machine's npm under the given Node: npm picks native packages by the version that runs it. */
export function npm(title, args, { node = findNode(), cwd, say }) {
  const flags = [
    '--prefer-offline',
    '--include=dev', // also where NODE_ENV or the user's npm leaves that out: the patches are made by such a package
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=warn',
    '--prefix',
    cwd,
  ];
  return run(title, node, [findNpm(), ...args, ...flags], { cwd, say, env: environment(node) });
}

/** Find npm's program: the one that started us, or the first on PATH. */
function findNpm() {
  const starter = process.env.npm_execpath;
  if (starter?.endsWith('npm-cli.js') && existsSync(starter)) return starter;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'npm');
    if (folder && existsSync(path) && realpathSync(path).endsWith('npm-cli.js')) return realpathSync(path);
  }
  throw new SetupError('Cannot find npm, which comes with Node. Install Node 24 from https://nodejs.org/en/download.');
}
