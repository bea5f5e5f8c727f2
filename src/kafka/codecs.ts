import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const { CompressionCodecs, CompressionTypes } = kafkajs; // the first is no name that Node finds in the package

/** Packs and unpacks the records of a batch. */
type Codec = { compress(encoder: { buffer: Buffer }): Promise<Buffer>; decompress(packed: Buffer): Promise<Buffer> };

/** How batches of other producers may be packed; kafkajs brings gzip alone. */
export const codecs: Record<'snappy' | 'lz4' | 'zstd', Codec> = {
  snappy: {
    compress: async ({ buffer }) => Buffer.from((await packer('snappyjs')).compress(buffer)),
    decompress: async packed => Buffer.concat((await snappyBlocks(packed)).map(block => Buffer.from(block))),
  },
  lz4: {
    compress: async ({ buffer }) => Buffer.from((await packer('lz4js')).compress(buffer)),
    decompress: async packed => Buffer.from((await packer('lz4js')).decompress(packed)),
  },
  zstd: {
    compress: ({ buffer }) => promisify(zstdCompress)(buffer),
    decompress: packed => promisify(zstdDecompress)(packed),
  },
};

/** Let every client of this process read what is packed by Snappy, LZ4 or Zstandard. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => codecs.snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => codecs.lz4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => codecs.zstd;
}

type Packer = {
  compress(bytes: Uint8Array): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
  uncompress(bytes: Uint8Array): Uint8Array;
};

/** Load a packer when it is needed; neither has types. */
const packer = async (name: 'snappyjs' | 'lz4js'): Promise<Packer> => (await import(`${name}`)).default;

/** Java's clients write Snappy in blocks behind this mark, a version and the least version that can read it. */
const javaMark = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const javaHeader = javaMark.length + 8;

/** Unpack Snappy: one block, or blocks that each follow their length (32 bits, big-endian). */
async function snappyBlocks(packed: Buffer): Promise<Uint8Array[]> {
  const { uncompress } = await packer('snappyjs');
  if (!packed.subarray(0, javaMark.length).equals(javaMark)) return [uncompress(packed)];
  const blocks: Uint8Array[] = [];
  for (let at = javaHeader; at < packed.length; ) {
    const begin = at + 4;
    const end = begin + packed.readUInt32BE(at);
    blocks.push(uncompress(packed.subarray(begin, end)));
    at = end;
  }
  return blocks;
}
