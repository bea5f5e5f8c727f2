import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { kernel } from '../../../src/show/output.ts';

const { extendProtocol } = createRequire(import.meta.url)('./messages.cjs');

class ZmqServer {
  connInfo = { key: '' };
  handler = {};
  bindSocket() {}
  close() {}
}
class JupyterHandlerImpl {
  handleKernel() {}
}
extendProtocol({ ZmqServer, JupyterHandlerImpl }, '6');

/** Run a cell that ends so. */
async function run(status: 'ok' | 'error' | 'abort'): Promise<void> {
  const server = new ZmqServer() as ZmqServer & { handleExecute(socket: object, request: object): Promise<void> };
  server.handler = { handleExecute: async () => ({ status }) };
  await server.handleExecute({}, { content: { code: '' }, createReply: () => ({ header: {}, signAndSend() {} }) });
}

test('a cell that failed is known until another one has run; those that were cancelled behind it have not', async () => {
  await run('error');
  await run('abort');
  expect(kernel()?.lastFailed).toBe(true);
  await run('ok');
  expect(kernel()?.lastFailed).toBe(false);
});
