import { memberIdentitySchema, type MemberIdentity } from '../contracts/member.ts';
import { APP_TOPIC } from '../contracts/topics.ts';
import { addresses, integer, oneOf, port, text, words } from './variables.ts';

/** The variables that every service of the lab has; a service adds its own. */
export function declareServiceVariables(defaults: { port: number }) {
  return {
    HOST: text({ description: 'address to listen on', default: '127.0.0.1' }),
    PORT: port({ description: 'port to listen on', default: String(defaults.port) }),
    ALLOWED_HOSTS: words({
      description: 'names accepted in the Host header beside localhost and addresses',
      default: 'localhost',
    }),
    DRAIN_MS: integer(
      { min: 0, max: 30_000 },
      { description: 'how long HTTP still serves after SIGTERM, in milliseconds', default: '2000' },
    ),
    KAFKA_BROKERS: addresses({ description: 'bootstrap servers' }),
    TOPIC: text({ description: 'topic of the messages', default: APP_TOPIC }),
    POD_NAME: text({ description: "this replica's name, which is its Kafka client id" }),
    POD_UID: text({ description: "this replica's unique id" }),
    NODE_NAME: text({ description: 'the node that the replica runs on' }),
    LOG_FORMAT: oneOf(['text', 'json'], { description: 'how log lines are written', default: 'text' }),
    LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
      description: 'the least important lines that are written',
      default: 'info',
    }),
  };
}

/** Who this replica is, for its membership of the group. */
export function describeIdentity(
  values: { readonly POD_NAME: string; readonly POD_UID: string; readonly NODE_NAME: string },
  startedAt: Date,
): MemberIdentity {
  return memberIdentitySchema.parse({
    pod: values.POD_NAME,
    uid: values.POD_UID,
    node: values.NODE_NAME,
    startedAt: startedAt.toISOString(),
  });
}
