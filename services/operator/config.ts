import { declareServiceVariables } from '../../lib/config/service-variables.ts';
import { addresses, oneOf, text } from '../../lib/config/variables.ts';
import { NAMESPACE, PORTS } from '../../lib/contracts/addresses.ts';

/** The operator's environment. */
export const OPERATOR_VARIABLES = {
  ...declareServiceVariables({ port: PORTS.page }),
  NAMESPACE: text({ description: 'the namespace whose consumer groups are watched', default: NAMESPACE }),
  ZOOKEEPER_SERVERS: addresses({ description: 'the ZooKeeper servers, in the order of their ordinals' }),
  ALLOW_CONTROLS: oneOf(['true', 'false'], {
    description: 'whether the page may scale producers and consumers and delete their pods',
    default: 'false',
  }),
  PAGE_DIR: text({ description: 'folder of the built live page', default: 'web/dist' }),
};
