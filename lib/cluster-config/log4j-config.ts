import { renderProperties } from './properties.ts';

/**
 * Logging of both programs, to standard output: warnings, the broker's "started", and one line for every
 * join, leave and rebalance that the group coordinator sees. What is silenced is noise at every start or stop.
 */
export function renderLog4jConfig(): string {
  return renderProperties({
    'log4j.rootLogger': 'WARN, stdout',
    'log4j.appender.stdout': 'org.apache.log4j.ConsoleAppender',
    'log4j.appender.stdout.layout': 'org.apache.log4j.PatternLayout',
    'log4j.appender.stdout.layout.ConversionPattern': '[%d{ISO8601}] %p %m (%c{1})%n',
    'log4j.logger.kafka.server.KafkaServer': 'INFO',
    'log4j.logger.kafka.coordinator.group.GroupCoordinator': 'INFO',
    'log4j.logger.kafka.server.ReplicaFetcherThread': 'ERROR',
    'log4j.logger.kafka.controller': 'ERROR',
    'log4j.logger.state.change.logger': 'OFF',
    'log4j.logger.org.apache.zookeeper.server.quorum': 'ERROR',
    'log4j.logger.org.apache.zookeeper.server.quorum.QuorumPeer': 'WARN',
  });
}
