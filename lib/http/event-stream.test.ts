import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { EventStream, type EventSink } from './event-stream.ts';
import { streamRoute, type StreamRequest } from './route.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

const events = { message: z.object({ text: z.string() }) };
type Sink = EventSink<typeof events>;

describe('an event stream', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  const serve = async (open: (request: StreamRequest<z.ZodObject, z.ZodObject, z.ZodObject>, sink: Sink) => void) => {
    server = await startTestServer({
      routes: [
        streamRoute({
          path: '/stream',
          summary: 'Live',
          query: z.object({ from: z.string().optional() }),
          events,
          open,
        }),
      ],
    });
  };

  it('sends events with ids, and hears what a reconnecting client saw last', async () => {
    await serve(({ lastEventId, query }, sink) => {
      sink.send(
        'message',
        { text: `after ${lastEventId ?? 'nothing'} from ${String(query['from'])}\nnext line` },
        '8\n9',
      );
      sink.end();
    });
    const response = await fetch(`${server.url}/stream?from=p0`, { headers: { 'Last-Event-ID': '7' } });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).toBe(
      'retry: 1000\n\nid: 8 9\nevent: message\ndata: {"text":"after 7 from p0\\nnext line"}\n\n',
    );
  });

  it('opens at once, also without an event', async () => {
    await serve(() => undefined);
    const response = await fetch(`${server.url}/stream`);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it('answers what goes wrong before the first event as a problem', async () => {
    await serve(() => {
      throw new AppError('kafka-unavailable', 'No broker.');
    });
    expect((await fetch(`${server.url}/stream`)).status).toBe(503);
    expect((await fetch(`${server.url}/stream?unknown=1`)).status).toBe(400);
    expect((await fetch(`${server.url}/stream`, { method: 'POST' })).status).toBe(405);
  });

  it('answers HEAD without opening', async () => {
    let openCount = 0;
    await serve(() => void (openCount += 1));
    const response = await fetch(`${server.url}/stream`, { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(openCount).toBe(0);
  });

  it('is over for its feeder when the client leaves', async () => {
    const over = Promise.withResolvers<boolean>();
    await serve(({ signal }, sink) =>
      signal.addEventListener('abort', () => over.resolve(sink.send('message', { text: '' }))),
    );
    const client = new AbortController();
    await fetch(`${server.url}/stream`, { signal: client.signal });
    expect(await gaugeOf(server, 'http_event_streams')).toBe(1);
    client.abort();
    expect(await over.promise).toBe(false);
    expect(await gaugeOf(server, 'http_event_streams')).toBe(0);
  });

  it('ends when the server stops, so that stopping does not wait for clients', async () => {
    const over = Promise.withResolvers<undefined>();
    await serve(({ signal }) => signal.addEventListener('abort', () => over.resolve(undefined)));
    const response = await fetch(`${server.url}/stream`);
    const [text] = await Promise.all([response.text(), over.promise, server.stop()]);
    expect(text).toBe('retry: 1000\n\n');
  });

  it('delivers a single event of any size to a client that reads', async () => {
    await serve((_, sink) => {
      sink.send('message', { text: 'x'.repeat(5_000_000) });
      sink.end();
    });
    expect((await (await fetch(`${server.url}/stream`)).text()).length).toBeGreaterThan(5_000_000);
  });

  it('offers a client only the newest state once it has taken the one before', async () => {
    const ready = Promise.withResolvers<Sink>();
    await serve((_, sink) => ready.resolve(sink));
    const response = await fetch(`${server.url}/stream`);
    const sink = await ready.promise;
    let built = 0;
    const offer = (text: string): void =>
      sink.offer('message', () => {
        built += 1;
        return { text };
      });
    offer('x'.repeat(20_000_000));
    for (let index = 0; index < 10; index += 1) offer(`state ${String(index)}`);
    expect(built).toBe(1);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let end = '';
    while (!end.includes('state ')) end = (end + Buffer.from((await reader.read()).value ?? []).toString()).slice(-200);
    expect(end).toContain('"state 9"');
    expect(built).toBe(2);
    await reader.cancel();
  });

  it('cuts off a client that does not read, with bounded memory', async () => {
    const ready = Promise.withResolvers<{ sink: Sink; signal: AbortSignal }>();
    await serve(({ signal }, sink) => ready.resolve({ sink, signal }));
    const client = connect(server.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.pause();
    client.write('GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const { sink, signal } = await ready.promise;
    const text = 'x'.repeat(100_000);
    // The kernel takes some megabytes before anything stays with us.
    let sentCount = 0;
    while (sink.send('message', { text }) && sentCount < 1000) {
      sentCount += 1;
      await sleep(0);
    }
    expect(sentCount).toBeLessThan(1000);
    expect(signal.aborted || (await new Promise((resolve) => signal.addEventListener('abort', resolve)))).toBeTruthy();
    expect(await gaugeOf(server, 'http_event_streams_overflown_total')).toBe(1);
    client.destroy();
  });
});

describe('EventStream', () => {
  it('keeps a quiet connection alive with comments', async () => {
    const server = createServer((_request, response) => {
      new EventStream(response, { heartbeatMs: 10 }).open();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const [response] = (await once(client, 'response')) as [IncomingMessage];
    let received = '';
    for await (const chunk of response) {
      received += String(chunk);
      if (received.length > 40) break;
    }
    expect(received).toMatch(/^retry: 1000\n\n(: heartbeat\n\n){2,}/);
    server.closeAllConnections();
    server.close();
  });
});

async function gaugeOf(server: TestServer, name: string): Promise<number | undefined> {
  const { values } = (await server.registry.getSingleMetric(name)?.get()) ?? { values: [] };
  return values[0]?.value;
}
