import { setupLog } from './places.mjs';

/** Set-up cannot go on; the message is one sentence about what happened and one about the mend. */
export class SetupError extends Error {
  name = 'SetupError';
}

const again = 'then run the same command again: it goes on where it stopped.';

const forbidden = /EROFS|read-only file system|EACCES|EPERM|permission denied/i;

/** What a failed program or system call said, and what it means for the user. */
const meanings = [
  [
    /ENOSPC|no space left|EDQUOT|disk quota/i,
    root => `The disk is full. Make room for about 1.5 GB on the disk of ${root}, ${again}`,
  ],
  [
    forbidden,
    root =>
      `Cannot write to ${root}: it is read-only for you. Move the project to a folder of your own, or mend its permissions ("sudo chown -R $USER ."), ${again}`,
  ],
  [
    /EINTEGRITY|hash mismatch|do not match the hashes|checksum/i,
    () =>
      `A downloaded package is not the one that the lock names (wrong hash). Empty the caches ("npm cache clean --force", "rm -rf ~/.cache/uv ~/.cache/pip"), ${again}`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|name resolution|network is unreachable|dns error|failed to lookup|NewConnectionError|ConnectTimeout|Max retries exceeded|error sending request|Could not find a version that satisfies/i,
    () =>
      `There is no way to the network, which the first set-up needs (a second start does not). Connect, or set HTTPS_PROXY if you are behind a proxy, ${again}`,
  ],
  [
    /ensurepip|No module named '?(venv|pip)/i,
    () => `Python has no venv here. Install it ("sudo apt-get install python3-venv" on Debian and Ubuntu), ${again}`,
  ],
];

/** The place outside of the project, such as npm's cache, that may not be written to, if it is said. */
function forbiddenElsewhere(said, root) {
  if (!forbidden.test(said)) return undefined;
  const places = [
    /^npm error path (\/.+)$/m,
    /(?:EROFS|EACCES|EPERM|ermission denied)[^\n]*?'(\/[^'\n]+)'/,
    /cache at `?(\/[^`\n]+)/,
  ];
  const path = places.map(place => place.exec(said)?.[1]).find(Boolean);
  return path && path !== root && !path.startsWith(`${root}/`) ? path : undefined;
}

/** Turn what was said into a SetupError: one of the known meanings, or the last line of it. */
export function explain(title, said, root) {
  const elsewhere = forbiddenElsewhere(said, root);
  if (elsewhere)
    return new SetupError(
      `${title} failed: you may not write to ${elsewhere}, where npm or Python keeps what it has fetched. Make it yours ("sudo chown -R $USER" and its folder), or name another folder ("export npm_config_cache=… UV_CACHE_DIR=…"), ${again}`,
    );
  for (const [pattern, meaning] of meanings) if (pattern.test(said)) return new SetupError(meaning(root));
  const words = said.split('\n').filter(line => /\w{3}/.test(line) && !line.includes('complete log of this run'));
  const last = (words.at(-1) ?? 'it said nothing').trim().slice(0, 300);
  return new SetupError(`${title} failed: ${last}. All it said is in ${setupLog}; mend it, ${again}`);
}
