import type { BenchCluster, BenchTopics } from '../bench-cluster.ts';
import { startBenchProcess, type BenchProcess } from '../bench-process.ts';
import type { SuiteContext } from '../suite.ts';
import { CACHE_DIR } from '../../lab/lab-settings.ts';
import { ensureVenv } from './ensure-venv.ts';
import { locatePeer, startPeer } from './run-process.ts';

/** A service with `POST /producer`. */
export interface HttpService {
  readonly name: string;
  start(cluster: BenchCluster, topics: BenchTopics): BenchProcess;
}

export const OURS = 'kafka-lab producer';
export const FASTAPI = 'FastAPI, aiokafka';
export const PLAIN = 'express, kafkajs as it comes';

const START_TIMEOUT_MS = 60_000;
/** As each of the services says where it serves: a field of JSON, or uvicorn's sentence. */
const URL_SAID = /(?:"url":"|running on )(http:\/\/127\.0\.0\.1:\d+)/;

export const ourProducer: HttpService = {
  name: OURS,
  start: (cluster, topics) => cluster.startService('producer', 'producer-1', topics),
};

export const plainProducer: HttpService = {
  name: PLAIN,
  start: ({ brokers }, { topic }) => startPeer('plain-kafkajs-producer.ts', 'plain-producer', { brokers, topic }),
};

/** The service in Python, or why it cannot run here. */
export async function prepareFastApi(
  context: SuiteContext,
): Promise<(HttpService & { readonly version: string }) | { readonly missing: string }> {
  const folder = locatePeer('fastapi-aiokafka');
  const venv = await ensureVenv(locatePeer('fastapi-aiokafka', 'requirements.txt'), CACHE_DIR, context);
  if ('missing' in venv) return venv;
  return {
    name: FASTAPI,
    version: venv.version,
    start: ({ brokers }, { topic }) =>
      startBenchProcess({
        name: 'fastapi',
        command: [venv.python, '-m', 'uvicorn', 'app:app', '--host', '127.0.0.1', '--port', '0', '--no-access-log'],
        environment: { KAFKA_BROKERS: brokers.join(','), TOPIC: topic, PYTHONDONTWRITEBYTECODE: '1' },
        workingDir: folder,
      }),
  };
}

/** Waits until a service says where it serves. */
export async function waitUrl(service: BenchProcess): Promise<string> {
  const [, url] = await service.waitLine(URL_SAID, START_TIMEOUT_MS);
  return url ?? '';
}
