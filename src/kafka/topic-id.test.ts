import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { topicId, topicLife } from './topic-id.ts';

/** Topics of a broker that knows nothing but Metadata, version 10. */
const topics = new Map<string, string>();
let away = false;
const server = createServer(socket => socket.on('error', () => {}).on('data', data => answer(socket, data)));
const addresses: string[] = [];
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  addresses.push(`127.0.0.1:${(server.address() as { port: number }).port}`);
});
afterAll(() => server.close());

const text = (value: string) => Buffer.concat([Buffer.from([value.length + 1]), Buffer.from(value)]);
const id = (digit: string) => digit.repeat(32);

function answer(socket: Socket, request: Buffer): void {
  if (away) return void socket.destroy();
  const [name] = [...topics.keys(), 'none'].filter(known => request.includes(text(known)));
  const found = topics.get(name ?? '');
  const broker = [Buffer.from([0, 0, 0, 1]), text('prices'), Buffer.from([0, 0, 0x4a, 0x94, 0, 0])]; // named like the topic
  const body = Buffer.concat([
    Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 2, ...Buffer.concat(broker)]),
    text('prices'), // the cluster too
    Buffer.from([0, 0, 0, 1, 2, 0, found ? 0 : 3]),
    text(name ?? 'none'),
    Buffer.from(found ?? id('0'), 'hex'),
    Buffer.from([0, 1, 0, 0, 0, 0, 0]),
  ]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  socket.write(Buffer.concat([size, body]).subarray(0, 30)); // an answer comes in pieces
  setImmediate(() => socket.write(Buffer.concat([size, body]).subarray(30)));
}

test("a topic's id is found, also where broker and cluster have its name", async () => {
  topics.set('prices', id('a'));
  expect(await topicId('prices', addresses)).toBe(id('a'));
  expect(await topicId('prices', ['127.0.0.1:1', ...addresses])).toBe(id('a'));
  expect(await topicId('none', addresses)).toBeUndefined();
  topics.set('older', id('0'));
  expect(await topicId('older', addresses)).toBeUndefined();
});

test('a topic is the same until it is made again; while nobody answers it counts as the same', async () => {
  topics.set('prices', id('a'));
  const isSame = await topicLife('prices', addresses);
  expect(await isSame()).toBe(true);
  topics.delete('prices');
  expect(await isSame()).toBe(true);
  topics.set('prices', id('b'));
  expect(await isSame()).toBe(false);
});

test('a topic whose id was not told at first is watched from its first answer on', async () => {
  topics.set('prices', id('a'));
  away = true;
  const isSame = await topicLife('prices', addresses);
  away = false;
  expect(await isSame()).toBe(true);
  topics.set('prices', id('b'));
  expect(await isSame()).toBe(false);
});
