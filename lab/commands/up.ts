import type { LabOptions } from '../lab-settings.ts';
import { runLocalLab } from '../run-local-lab.ts';
import type { CommandContext } from './demo.ts';

/** Runs a lab until Ctrl-C or `lab down`. */
export async function up(options: LabOptions, { logger, print, interrupted }: CommandContext): Promise<number> {
  const lab = await runLocalLab(options, { logger, tell: (sentence) => print(sentence), interrupted });
  const { addresses } = lab.platform;
  lab.platform.subscribe((event) => {
    if (event.kind === 'scaled') print(`${event.workload}: ${String(event.from)} → ${String(event.to)} replicas`);
    else if (event.kind === 'phase') {
      print(`${event.replica.name}: ${event.replica.phase}${event.reason === undefined ? '' : ` (${event.reason})`}`);
    } else if (event.kind === 'fault') print(`${event.fault.kind} ${event.fault.target}`);
  });
  print('the lab runs; Ctrl-C ends it');
  print(`  producer  ${addresses.producer}/docs`);
  print(`  consumer  ${addresses.consumer}/docs`);
  print(`  Kafka     ${addresses.kafka.join(', ')}`);
  print(
    '  in another terminal: npm run lab -- status | scale consumer 4 | logs consumer-1 --follow | kill consumer-1 | down',
  );
  await lab.endAsked;
  print('ending the lab');
  await lab.stop();
  return 0;
}
