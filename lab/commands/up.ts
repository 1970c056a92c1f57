import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import {
  consumerCommandOption,
  consumerOption,
  dataOption,
  freshOption,
  partitionsOption,
  portsOption,
  producerOption,
} from './options.ts';
import type { LabOptions } from '../lab-settings.ts';
import { parsePorts } from '../lab-settings.ts';
import { runLocalLab } from '../run-local-lab.ts';
import { serveLivePage, type ServedPage } from '../serve-live-page.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

interface UpOptions extends LabOptions {
  /** Whether the live page only shows. */
  readonly readOnly?: boolean;
}

export function declareUp({ run, context }: CommandLine, perform = up) {
  return new Command('up')
    .description('start a lab and run it until Ctrl-C')
    .addOption(dataOption)
    .addOption(portsOption('fixed'))
    .addOption(freshOption)
    .addOption(partitionsOption)
    .addOption(producerOption)
    .addOption(consumerOption)
    .addOption(consumerCommandOption)
    .option('--read-only', 'the live page shows, and changes nothing')
    .action((options) => run(() => perform(options, context)));
}

/** Runs a lab until Ctrl-C or `lab down`. */
async function up(options: UpOptions, { logger, print, interrupted }: CommandContext): Promise<number> {
  const lab = await runLocalLab(options, { logger, tell: (sentence) => print(sentence), interrupted });
  let page: ServedPage;
  try {
    page = await serveLivePage(lab.platform, {
      ports: parsePorts(options.ports),
      isReadOnly: options.readOnly ?? false,
      logger,
    });
  } catch (error) {
    await lab.stop();
    throw error;
  }
  const { addresses } = lab.platform;
  lab.platform.subscribe((event) => {
    if (event.kind === 'scaled') print(`${event.workload}: ${String(event.from)} → ${String(event.to)} replicas`);
    else if (event.kind === 'phase') {
      print(`${event.replica.name}: ${event.replica.phase}${event.reason === undefined ? '' : ` (${event.reason})`}`);
    } else if (event.kind === 'fault') print(`${event.fault.kind} ${event.fault.target}`);
  });
  print('the lab runs; Ctrl-C ends it');
  print(`  live page ${page.url}`);
  print(`  producer  ${addresses.producer}/docs`);
  print(`  consumer  ${addresses.consumer}/docs`);
  print(`  Kafka     ${addresses.kafka.join(', ')}`);
  print(
    '  in another terminal: npm run lab -- status | scale consumer 4 | logs consumer-1 --follow | kill consumer-1 | down',
  );
  await lab.endAsked;
  print('ending the lab');
  await page.stop();
  await lab.stop();
  return 0;
}
