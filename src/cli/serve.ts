import '../run/plain-errors.ts';
import { Command } from 'commander';
import { endingSignal } from '../run/ending.ts';
import { tellReady } from '../run/leash.ts';
import { openLog } from '../run/log.ts';
import { startServer } from '../serve/server.ts';

const { port } = new Command('serve')
  .description('Serve gold by REST, and the dashboard, until told to end.')
  .option('--port <port>', 'port on 127.0.0.1, 0 for any', Number, 0)
  .parse()
  .opts<{ port: number }>();

const log = openLog('serve');
const ending = endingSignal();
const server = await startServer({
  port,
  onProblem: error => log.error({ error: error.message }, 'Something could not be served'),
});
log.info({ address: server.address }, 'The server answers');
tellReady(server.address);
ending.addEventListener('abort', async () => {
  await server.stop();
  log.info('The server has ended');
  process.exit(0);
});
