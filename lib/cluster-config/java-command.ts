/** The programs that one set of Kafka's jars carries. */
export type JavaProgram = 'zookeeper' | 'kafka';

interface JavaCommand {
  readonly program: JavaProgram;
  /** Folder with the jars. */
  readonly libDir: string;
  readonly configFile: string;
  readonly log4jFile: string;
  /** Security properties, which stand before the JVM's own. @default the JVM's own */
  readonly securityFile?: string;
  /** Largest heap, in MiB. */
  readonly heapMiB: number;
  /** Folder for temporary files, from which native libraries are loaded. */
  readonly tmpDir: string;
}

const MAIN_CLASSES: Readonly<Record<JavaProgram, string>> = {
  zookeeper: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
  kafka: 'kafka.Kafka',
};

/** Bind the election port again for ever: the name of a pod may point elsewhere for a moment after a move. */
const EXTRA_OPTIONS: Readonly<Record<JavaProgram, readonly string[]>> = {
  zookeeper: ['-Dzookeeper.electionPortBindRetry=0'],
  kafka: [],
};

/**
 * The command that starts a program, `java` first. The serial collector and the first compiler tier nearly
 * halve the start of six JVMs on two cores, and a lab is never throughput-bound by its brokers' code.
 */
export function buildJavaCommand(command: JavaCommand): readonly string[] {
  return [
    'java',
    `-Xmx${String(command.heapMiB)}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${command.tmpDir}`,
    `-Dlog4j.configuration=file:${command.log4jFile}`,
    ...(command.securityFile === undefined ? [] : [`-Djava.security.properties=${command.securityFile}`]),
    ...EXTRA_OPTIONS[command.program],
    '-cp',
    `${command.libDir}/*`,
    MAIN_CLASSES[command.program],
    command.configFile,
  ];
}

/** Arguments of java, one in a line, as `java @FILE` reads them, that run ZooKeeper's own client on the command line. */
export function renderZooKeeperClientArguments(command: Pick<JavaCommand, 'libDir' | 'log4jFile' | 'tmpDir'>): string {
  const lines = [
    '-Xmx32m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.io.tmpdir=${command.tmpDir}`,
    `-Dlog4j.configuration=file:${command.log4jFile}`,
    '-cp',
    `${command.libDir}/*`,
    'org.apache.zookeeper.ZooKeeperMain',
  ];
  return `${lines.join('\n')}\n`;
}
