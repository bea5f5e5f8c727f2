const wayOn = 'begin a new epoch: npm run pipeline -- --new-epoch';

/** Messages that were to be read are deleted: their time or the topic's size ran out. */
export class OffsetsGone extends Error {
  constructor(topic: string, partition: number, wanted: bigint, low: bigint) {
    super(
      `Cannot read "${topic}", partition ${partition}, from offset ${wanted}: Kafka has deleted everything before ${low}, ` +
        `${low - wanted} offsets are gone. To go on with what is left, ${wayOn}`,
    );
    this.name = 'OffsetsGone';
  }
}

/** The topic is not the one that was read before: it was deleted and made again. */
export class TopicRemade extends Error {
  constructor(topic: string, partition: number, evidence: string) {
    super(
      `Cannot go on reading "${topic}", partition ${partition}: ${evidence}, so the topic was deleted and made again. ` +
        `To read the new one from its start, ${wayOn}`,
    );
    this.name = 'TopicRemade';
  }
}

/** The brokers belong to another cluster than the one that was read before. */
export class OtherCluster extends Error {
  constructor(topic: string, found: string, wanted: string) {
    super(
      `Cannot go on reading "${topic}": this is cluster ${found}, the lake's messages came from ${wanted}. ` +
        `Set KAFKA_BROKERS to that cluster, or ${wayOn}`,
    );
    this.name = 'OtherCluster';
  }
}

/** A message is larger than the topic takes, packed as it is sent. */
export class MessageTooLarge extends Error {
  constructor(topic: string) {
    super(
      `Cannot send to "${topic}": a message is larger than the topic takes (its max.message.bytes, 1 MB unless it was set). Send less at once, or raise it.`,
    );
    this.name = 'MessageTooLarge';
  }
}
