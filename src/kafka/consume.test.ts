import { test } from 'vitest';
import { consume } from './consume.ts';

const nobody = { topic: 'any', groupId: 'any', addresses: ['127.0.0.1:1'], startAt: () => 0n, onBatch: () => {} };

test('reading ends at once when it is told to, though Kafka is away', async () => {
  await consume({ ...nobody, signal: AbortSignal.abort() });
  await consume({ ...nobody, signal: AbortSignal.timeout(200) });
}, 10_000); // the client itself goes on trying for half a minute
