import { readdir } from 'node:fs/promises';

/** The broker's own jar, named after the versions of Scala and of Kafka. */
const BROKER_JAR = /^kafka_[\d.]+-(\d[\w.-]*)\.jar$/;

/** The version of Kafka whose jars a folder holds; undefined when there are none. */
export async function readKafkaVersion(jarsDir: string): Promise<string | undefined> {
  const names = await readdir(jarsDir).catch(() => []);
  return names.flatMap((name) => BROKER_JAR.exec(name)?.[1] ?? [])[0];
}
