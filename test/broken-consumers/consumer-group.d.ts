/** The member inside a kafkajs 2.2.4 consumer, which has no types because it is not public. */
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  const ConsumerGroup: {
    prototype: {
      readonly generationId: number | null;
      readonly cluster: import('../../kafka/kafkajs/internals.ts').ClusterInternals;
      assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
      joinAndSync(): Promise<void>;
    };
  };
  export default ConsumerGroup;
}
