/**
 * Judges a made-up run and prints how long it took and how much memory: `node test/long-run/measure-long-run.ts 10000000`.
 * Writing the run and judging it are two processes, so that the memory is that of judging.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRunDirectory } from '../../verify/history/run-directory.ts';
import { writeReport } from '../../verify/report/write-report.ts';
import { judgeRun } from '../../verify/runs/judge-run.ts';
import { writeLongRun } from './write-long-run.ts';

const MIB = 1024 * 1024;

async function main([count = '1000000', dir]: readonly string[]): Promise<void> {
  if (dir !== undefined) return judge(dir, Number(count));
  const made = mkdtempSync(path.join(tmpdir(), 'long-run-'));
  try {
    await writeLongRun(made, {
      records: Number(count),
      partitions: 6,
      keys: 1000,
      batch: 25,
      receiptRecords: 100,
      ratePerSecond: 2000,
    });
    const bytes = readdirSync(made).map((name) => `${name} ${toMiB(statSync(path.join(made, name)).size)}`);
    process.stdout.write(`${count} records on disk: ${bytes.join(', ')}\n`);
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), count, made], { stdio: 'inherit' });
  } finally {
    rmSync(made, { recursive: true });
  }
}

async function judge(dir: string, records: number): Promise<void> {
  const startedAt = performance.now();
  const directory = openRunDirectory(dir);
  const run = await judgeRun(directory);
  const judgedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage();
  await writeReport(directory, run);
  const reportMs = performance.now() - startedAt - judgedMs;
  const rate = Math.round((records * 1000) / judgedMs);
  const memory = toMiB(process.resourceUsage().maxRSS * 1024);
  const time = `${(judgedMs / 1000).toFixed(1)} s, ${String(rate)} records a second; ${((user + system) / 1e6).toFixed(1)} s of processor time`;
  for (const { name, verdict, summary } of run.judgement.checks)
    if (verdict !== 'pass') process.stdout.write(`${name}: ${summary}\n`);
  process.stdout.write(
    `${run.judgement.verdict}: ${time}; report ${(reportMs / 1000).toFixed(1)} s; at most ${memory}\n`,
  );
}

function toMiB(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

await main(process.argv.slice(2));
