import '../run/plain-errors.ts';
import { Command } from 'commander';
import { runFeed } from '../feed/feed.ts';
import { openMarket } from '../market/client.ts';
import { endingSignal } from '../run/ending.ts';
import { tellReady } from '../run/leash.ts';
import { openLog } from '../run/log.ts';
import { defaultProfile, readProfile } from '../run/profile.ts';
import { brokers, marketAddress } from '../run/settings.ts';

const { profile } = new Command('feed')
  .description('Poll the market and publish every answer to Kafka until told to end.')
  .option('--profile <name>', 'the settings in infra/profiles', defaultProfile)
  .parse()
  .opts<{ profile: string }>();

const status = await runFeed({
  profile: readProfile(profile),
  market: openMarket({ address: marketAddress() }),
  brokers: brokers(),
  signal: endingSignal(),
  log: openLog('feed'),
  onProgress: ({ state }) => state !== 'starting' && tellReady(),
});
process.stdout.write(`${JSON.stringify(status)}\n`);
process.exit(0);
