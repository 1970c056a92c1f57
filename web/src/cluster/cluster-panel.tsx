import type { ComponentChildren } from 'preact';
import type { Broker, LabSnapshot, ZooKeeperServer } from '../../../lib/contracts/lab-snapshot.ts';
import { FaultButtons } from '../controls/fault-buttons.tsx';
import { formatAmount } from '../format/format-number.ts';
import { Icon } from '../page/icon.tsx';
import { PhaseMark } from '../page/phase-mark.tsx';

/** What carries the group: brokers, and the ZooKeeper servers that they depend on. */
export function ClusterPanel({ snapshot }: { snapshot: LabSnapshot }) {
  const { kafka, zookeeper, group } = snapshot;
  const isReplicated = kafka.underReplicated === 0;
  return (
    <section class="panel cluster" aria-labelledby="cluster-title">
      <h2 id="cluster-title">Cluster</h2>
      <div class="cluster-parts">
        <div>
          <h3>Kafka brokers</h3>
          <p class={isReplicated ? 'verdict' : 'verdict is-warning'} data-testid="under-replicated">
            <Icon name={isReplicated ? 'good' : 'warning'} />
            {isReplicated
              ? 'All replicas are in sync.'
              : `${formatAmount(kafka.underReplicated, 'partition')} under-replicated: a copy is not in sync.`}
          </p>
          <ul class="servers">
            {kafka.brokers.map((broker) => (
              <BrokerRow key={broker.name} broker={broker} isCoordinator={broker.brokerId === group.coordinator} />
            ))}
          </ul>
        </div>
        <div>
          <h3>ZooKeeper servers</h3>
          <Quorum hasQuorum={zookeeper.hasQuorum} />
          <ul class="servers">{zookeeper.servers.map(renderServer)}</ul>
        </div>
      </div>
    </section>
  );
}

function Quorum({ hasQuorum }: { hasQuorum: boolean | null }) {
  if (hasQuorum === null) return <p class="verdict">The quorum cannot be asked about from here.</p>;
  return (
    <p class={hasQuorum ? 'verdict' : 'verdict is-warning'} data-testid="quorum">
      <Icon name={hasQuorum ? 'good' : 'warning'} />
      {hasQuorum ? 'The ensemble has a quorum.' : 'No quorum: no broker can become leader or controller now.'}
    </p>
  );
}

function BrokerRow({ broker, isCoordinator }: { broker: Broker; isCoordinator: boolean }) {
  const { name, phase, isController, leaders, replicas, inSync } = broker;
  const marks = [...(isController ? ['controller'] : []), ...(isCoordinator ? ['group coordinator'] : [])];
  return (
    <ServerRow name={name} marks={marks} workload="kafka" phase={phase}>
      <span>
        leads <strong>{leaders}</strong>
      </span>
      <span class={inSync < replicas ? 'is-warning' : undefined}>
        in sync{' '}
        <strong>
          {inSync}/{replicas}
        </strong>
      </span>
    </ServerRow>
  );
}

function renderServer({ name, phase, role }: ZooKeeperServer) {
  return (
    <ServerRow key={name} name={name} marks={role === 'leader' ? [role] : []} workload="zookeeper" phase={phase}>
      {role !== 'leader' && <span>{role === 'none' ? 'serves nobody' : role}</span>}
    </ServerRow>
  );
}

interface ServerRowProps {
  readonly name: string;
  readonly marks: readonly string[];
  readonly workload: 'kafka' | 'zookeeper';
  readonly phase: Broker['phase'];
  readonly children: ComponentChildren;
}

function ServerRow({ name, marks, workload, phase, children }: ServerRowProps) {
  return (
    <li class="server" data-server={name} data-phase={phase}>
      <span class="server-name">{name}</span>
      <PhaseMark phase={phase} />
      {marks.map((mark) => (
        <span key={mark} class="mark">
          {mark}
        </span>
      ))}
      <span class="server-facts">{children}</span>
      <FaultButtons workload={workload} target={name} phase={phase} />
    </li>
  );
}
