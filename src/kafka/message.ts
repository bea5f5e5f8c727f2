import type { IHeaders, KafkaMessage } from 'kafkajs';

/** A message as notebooks see it. */
export type Message = {
  topic: string;
  partition: number;
  offset: bigint;
  timestamp: Date;
  key: Buffer | null;
  value: Buffer | null;
  /** A header that was sent several times is a list. */
  headers: Record<string, string | string[]>;
};

/** A message as it leaves the wire, for those who take hundreds of thousands a second. */
export type RawMessage = {
  offset: string;
  /** Milliseconds since 1970. */
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers?: IHeaders;
};

/** Make a wire message readable. */
export function toMessage(topic: string, partition: number, raw: RawMessage | KafkaMessage): Message {
  return {
    topic,
    partition,
    offset: BigInt(raw.offset),
    timestamp: new Date(Number(raw.timestamp)),
    key: raw.key,
    value: raw.value,
    headers: readHeaders(raw.headers),
  };
}

/** Headers as text. Bytes that are not UTF-8 become U+FFFD; a header without a value is empty text. */
export function readHeaders(headers: IHeaders | undefined): Message['headers'] {
  const text = (value: IHeaders[string]) =>
    Array.isArray(value) ? value.map(one => String(one ?? '')) : String(value ?? '');
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, text(value)]));
}
