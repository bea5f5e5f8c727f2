import { connect as open } from 'node:net';
import { addressesOf } from './connect.ts';

const limitMs = 3000;

/**
 * Remember which topic has a name now, and tell when it is asked later whether it still is that one: a topic that was deleted
 * and made again has another id. Where Kafka tells no id, nothing is known, and it counts as the same.
 *
 * @example
 * const isSame = await topicLife('crypto.prices.raw');
 * await isSame(); // false once it was made again
 */
export async function topicLife(topic: string, addresses?: string[]): Promise<() => Promise<boolean>> {
  let life = await topicId(topic, addresses);
  return async () => {
    const now = await topicId(topic, addresses);
    life ??= now; // no broker answered when it was asked before
    return now === undefined || now === life;
  };
}

/**
 * Ask for the id that Kafka gives a topic when it makes it. The client knows no ids, so Kafka is asked here directly
 * (Metadata, version 10: KIP-516).
 *
 * @returns undefined when there is no such topic, when no broker answers now, and when they are older than ids (Kafka 2.8)
 */
export async function topicId(topic: string, addresses?: string[]): Promise<string | undefined> {
  for (const address of addressesOf(addresses)) {
    const answer = await ask(address, question(topic)).catch(() => undefined);
    const id = answer && idIn(answer);
    if (id) return id;
  }
  return undefined;
}

const noId = '0'.repeat(32);

/** Text as Kafka's compact strings: the length plus one, then the bytes. A topic's name has at most 249. */
function compact(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length + 1), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left & 127) | 128);
  }
}

function question(topic: string): Buffer {
  const header = Buffer.from([0, 3, 0, 10, 0, 0, 0, 1, 0xff, 0xff, 0]); // Metadata, version, correlation, no client's name
  const topics = Buffer.concat([varint(2), Buffer.alloc(16), compact(topic), Buffer.from([0])]);
  const body = Buffer.concat([header, topics, Buffer.from([0, 0, 0, 0])]); // make no topic, name no rights
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

/** Send a request and take its answer, without its size. */
function ask(address: string, request: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const at = address.lastIndexOf(':');
  const socket = open({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  let got = Buffer.alloc(0);
  socket.setTimeout(limitMs, () => socket.destroy(new Error('no answer')));
  socket.on('data', data => {
    got = Buffer.concat([got, data]);
    if (got.length >= 4 && got.length >= 4 + got.readInt32BE()) resolve(got.subarray(4));
  });
  socket.on('error', reject).on('close', () => reject(new Error('no whole answer')));
  socket.write(request);
  return promise.finally(() => socket.destroy());
}

/** Read the id of the only topic of an answer; what does not fit, as an old broker's answer, has none. */
function idIn(answer: Buffer): string | undefined {
  let at = 4; // behind the correlation
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = answer.readUInt8(at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skipText = () => {
    const length = number() - 1; // reading it moves on
    at += Math.max(0, length);
  };
  const skipTags = () => {
    for (let left = number(); left > 0; left--) {
      number();
      const length = number();
      at += length;
    }
  };
  try {
    skipTags();
    at += 4; // throttle
    for (let brokers = number() - 1; brokers > 0; brokers--) {
      at += 4;
      skipText();
      at += 4;
      skipText();
      skipTags();
    }
    skipText(); // the cluster's id
    at += 4; // controller
    if (number() !== 2) return undefined;
    if (answer.readInt16BE(at) !== 0) return undefined;
    at += 2;
    skipText();
    const id = answer.toString('hex', at, at + 16);
    return id.length === 32 && id !== noId ? id : undefined;
  } catch {
    return undefined;
  }
}
