import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Find a Chromium or Chrome: `CHROMIUM_PATH`, or one that is installed; undefined without one. */
function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...names.flatMap(name => folders.map(folder => join(folder, name))), ...places].find(path =>
    existsSync(path),
  );
}

/**
 * Find a Chromium, or install Debian's when this is Debian (or Ubuntu) and we may.
 *
 * @throws when there is none and it cannot be installed: it says what to do
 */
export async function bringChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  if (process.env.CHROMIUM_PATH)
    throw new Error(
      `Cannot find a browser at CHROMIUM_PATH (${process.env.CHROMIUM_PATH}): set it to the program itself.`,
    );
  const debian = existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  const advice =
    'The browser tests need Chromium. Install it ("sudo apt-get install chromium" on Debian), or set CHROMIUM_PATH.';
  if (!debian || process.getuid?.() !== 0) throw new Error(advice);
  console.log('Installing Chromium for the browser tests …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'];
  for (const args of [['update', '--quiet'], install]) {
    const { failed, all } = await execa('apt-get', args, { env, all: true, reject: false });
    if (failed) throw new Error(`${advice} apt-get said: ${all.trim().split('\n').at(-1)}`);
  }
  const installed = findChromium();
  if (!installed) throw new Error(advice);
  return installed;
}
