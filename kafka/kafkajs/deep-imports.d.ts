/** The parts of kafkajs 2.2.4 that have no types because they are not public. Used in this folder only. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  const RequestQueue: { prototype: import('./internals.ts').RequestQueuePrototype };
  export default RequestQueue;
}

declare module 'kafkajs/src/network/connection.js' {
  type Internals = import('./internals.ts').ConnectionInternals;
  type Options = import('./internals.ts').ConnectionOptions;
  const Connection: { prototype: Internals; new (options: Options & Partial<Internals['requestQueue']>): Internals };
  export default Connection;
}

declare module 'kafkajs/src/errors.js' {
  const errors: {
    KafkaJSConnectionClosedError: new (message: string, address: { host: string; port: number }) => Error;
  };
  export default errors;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  const protocol: {
    readonly requests: {
      readonly Produce: unknown;
      readonly Metadata: unknown;
      readonly JoinGroup: unknown;
      readonly SyncGroup: unknown;
      readonly Heartbeat: unknown;
      readonly LeaveGroup: unknown;
      readonly OffsetCommit: unknown;
      readonly Fetch: { readonly versions: readonly string[]; protocol(options: { version: number }): unknown };
    };
  };
  export default protocol;
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    writeInt32(value: number): this;
    writeString(value: string): this;
    writeArray(items: readonly Encoder[]): this;
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(data: unknown);
    readInt16(): number;
    readInt32(): number;
    readString(): string;
    readArray<T>(read: (decoder: Decoder) => T): T[];
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  const errors: { createErrorFromCode(code: number): Error };
  export default errors;
}
