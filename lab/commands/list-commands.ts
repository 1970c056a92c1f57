import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { declareBench } from './bench.ts';
import { declareCheckConsumer } from './check-consumer.ts';
import { declareCompare } from './compare.ts';
import { declareDemo } from './demo.ts';
import { declareDown } from './down.ts';
import { declareExam } from './exam.ts';
import { declareFaults } from './fault.ts';
import { declareJudge } from './judge.ts';
import { declareDeploy, declareKindDown, declareKindUp, declareShell } from './kind.ts';
import { declareLogs } from './logs.ts';
import { declareScale } from './scale.ts';
import { declareStatus } from './status.ts';
import { declareUp } from './up.ts';
import { declareVerdicts } from './verdicts.ts';
import { declareVerify } from './verify.ts';

/** Every command of the lab. @param nodeImage of a kind cluster's nodes; that of kind itself when there is none */
export function listCommands(line: CommandLine, nodeImage?: string): readonly CommandUnknownOpts[] {
  return [
    declareUp(line),
    declareDemo(line),
    declareVerify(line),
    declareCheckConsumer(line),
    declareJudge(line),
    declareExam(line),
    declareCompare(line),
    declareVerdicts(line),
    declareBench(line),
    declareDown(line),
    declareStatus(line),
    declareScale(line),
    declareLogs(line),
    ...declareFaults(line),
    declareKindUp(line, nodeImage),
    declareKindDown(line),
    declareDeploy(line),
    declareShell(line),
  ];
}
