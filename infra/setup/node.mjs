import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.mjs';
import { findNode, root, tools } from './places.mjs';
import { SetupError } from './setup-error.mjs';
import { hasStamp, removeStamp, setStamp, stampOf } from './stamp.mjs';

const folder = join(tools, 'node');
const stampFile = join(folder, 'stamp');
const lock = 'infra/setup/node/package-lock.json';

/** Node 24, when the machine's own is older. */
export const node = {
  title: 'Node 24',
  done: () => findNode() !== undefined && (findNode() === process.execPath || node.isBrought()),
  /** Whether set-up has brought one, needed here or not. */
  isBrought: () => hasStamp(stampFile, stampOf(lock)),
  async install(say) {
    removeStamp(stampFile);
    mkdirSync(folder, { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(root, 'infra', 'setup', 'node', file), join(folder, file));
    const fetch = () => npm(this.title, ['ci'], { cwd: folder, say, node: process.execPath });
    await fetch();
    if (!findNode()) await this.insist(fetch, say);
    setStamp(stampFile, stampOf(lock));
  },
  /** npm says nothing of an optional package that it could not fetch; asked for it alone, it tells why. */
  async insist(fetch, say) {
    const { optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const wanted = Object.entries(optionalDependencies).find(([name]) =>
      name.endsWith(`${process.platform}-${process.arch}`),
    );
    if (wanted) {
      await npm(this.title, ['cache', 'add', wanted.join('@')], { cwd: folder, say, node: process.execPath });
      await fetch();
    }
    if (!findNode())
      throw new SetupError(
        `There is no ready-made Node 24 for ${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org/en/download and run the same command again.`,
      );
  },
};
