/**
 * The request to delete what a group has committed (KIP-496), which kafkajs does not have. Written for the insides of
 * kafkajs 2.2.4, which repairs.ts checks.
 */
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import errors from 'kafkajs/src/protocol/error.js';
import type { BrokerInternals } from './internals.ts';

const OFFSET_DELETE_API_KEY = 47;
/** The broker's word that there is no such group, which has committed nothing then. */
const GROUP_ID_NOT_FOUND = 69;

/**
 * Asks the group's coordinator to forget its positions in partitions of a topic.
 *
 * @throws kafkajs' errors: a group that has members of the topic keeps them
 */
export async function deleteOffsets(
  coordinator: BrokerInternals,
  groupId: string,
  topic: string,
  partitions: readonly number[],
): Promise<void> {
  const encodePartition = (partition: number) => new Encoder().writeInt32(partition);
  const encodeTopic = () => new Encoder().writeString(topic).writeArray(partitions.map(encodePartition));
  const codes = await coordinator.connectionPool.send({
    request: {
      apiKey: OFFSET_DELETE_API_KEY,
      apiVersion: 0,
      apiName: 'OffsetDelete',
      encode: () => Promise.resolve(new Encoder().writeString(groupId).writeArray([encodeTopic()])),
    },
    response: { decode: (data) => Promise.resolve(decodeErrors(data)), parse: (decoded) => decoded as number[] },
  });
  const code = codes.find((each) => each !== 0 && each !== GROUP_ID_NOT_FOUND);
  if (code !== undefined) throw errors.createErrorFromCode(code);
}

/** That of the request, and of each partition. */
function decodeErrors(data: unknown): readonly number[] {
  const decoder = new Decoder(data);
  const code = decoder.readInt16();
  // How long the client is asked to wait.
  decoder.readInt32();
  const topics = decoder.readArray((ofTopic) => {
    ofTopic.readString();
    return ofTopic.readArray((ofPartition) => {
      ofPartition.readInt32();
      return ofPartition.readInt16();
    });
  });
  return [code, ...topics.flat()];
}
