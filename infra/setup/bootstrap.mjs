// The door to every command: `node infra/setup/bootstrap.mjs <command> …args`, as package.json calls it. Plain JavaScript
// without packages, because it runs before there are any, and on Node 20. It brings what is missing, then hands over to
// src/cli/<command>.ts under Node 24.
import { refusal } from './refusal.mjs';

const commands = {
  setup: { needs: 'everything' },
  start: { needs: 'everything' },
  pipeline: { needs: 'everything' },
  verify: { needs: 'everything' },
  export: { needs: 'everything' },
  pack: { needs: 'everything' },
  progress: { needs: 'everything' },
  reports: { needs: 'everything' },
  stress: { needs: 'everything' },
  report: { needs: 'everything' },
  lake: { needs: 'everything' },
  check: { needs: 'everything' },
  test: { needs: 'everything' },
  bench: { needs: 'everything' },
  doctor: { needs: 'nothing' },
  stop: { needs: 'packages' },
  reset: { needs: 'packages' },
};

const [name, ...args] = process.argv.slice(2);
const refused = refusal(process.platform, process.versions.node);
if (refused) fail(refused);
if (!Object.hasOwn(commands, name ?? ''))
  fail(`There is no command "${name}". Take one of ${Object.keys(commands).join(', ')}.`);

try {
  process.exitCode = await run(name, args);
} catch (error) {
  if (error.name !== 'SetupError') throw error;
  fail(error.message);
}

async function run(name, args) {
  const { setUp, isReady } = await import('./set-up.mjs');
  const { handOver } = await import('./hand-over.mjs');
  const { needs } = commands[name];
  if (name === 'setup' && args.length > 0) await unpackFrom(args);
  if (needs === 'everything') {
    const news = await setUp();
    if (name === 'setup') {
      console.log(`${news ? 'ticklake is set up.' : 'ticklake is set up already.'} Start it with "npm start".`);
      return 0;
    }
    if (name === 'pack') {
      await (await import('./pack.mjs')).pack(args[0]);
      return 0;
    }
  } else if (!(await isReady())) {
    if (needs === 'nothing') return (await import('./diagnosis.mjs')).diagnose(args);
    console.log('ticklake is not set up, so nothing runs. Set it up with "npm run setup".');
    return 0;
  }
  return handOver(name, args);
}

/** `setup --from FILE`: bring what a pack holds; what it lacks is fetched as ever. */
async function unpackFrom(args) {
  if (args[0] !== '--from' || args.length !== 2) fail('Say "npm run setup", or "npm run setup -- --from FILE".');
  const { unpack } = await import('./pack.mjs');
  await unpack(args[1]);
}

function fail(message) {
  if (message) console.error(`\n${message}`);
  process.exit(1);
}
