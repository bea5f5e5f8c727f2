import '../run/plain-errors.ts';
import { Command } from 'commander';
import { startMarket } from '../market/server.ts';
import { defaultSeed } from '../market/tape.ts';
import { endingSignal } from '../run/ending.ts';
import { tellReady } from '../run/leash.ts';
import { openLog } from '../run/log.ts';

const { port, speed } = new Command('market')
  .description('Serve the simulated market until told to end.')
  .option('--port <port>', 'port on 127.0.0.1, 0 for any', Number, 0)
  .option('--speed <times>', 'market seconds a second', Number, 60)
  .parse()
  .opts<{ port: number; speed: number }>();

const log = openLog('market');
const ending = endingSignal();
const market = await startMarket({ seed: defaultSeed, port, speed });
log.info({ address: market.address, speed }, 'The market serves');
tellReady(market.address);
ending.addEventListener('abort', async () => {
  await market.stop();
  log.info('The market has ended');
  process.exit(0);
});
