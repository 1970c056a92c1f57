/** The part of autocannon 9 that http-load.ts uses. */
declare module 'autocannon' {
  interface Request {
    readonly body: string;
  }
  interface Client {
    setRequests(requests: Request[]): void;
  }
  interface Options {
    readonly url: string;
    readonly method: 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly connections: number;
    /** Seconds. */
    readonly duration?: number;
    /** Number of requests, instead of a duration. */
    readonly amount?: number;
    /** How often it looks whether it is done, in milliseconds. */
    readonly sampleInt: number;
    readonly requests: Request[];
    readonly setupClient: (client: Client) => void;
  }
  interface Run extends PromiseLike<unknown> {
    on(event: 'response', listener: (client: Client, status: number, bytes: number, tookMs: number) => void): this;
    on(event: 'reqError', listener: () => void): this;
  }
  function autocannon(options: Options): Run;
  export default autocannon;
}
