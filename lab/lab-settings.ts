import path from 'node:path';
import { AppError } from '../lib/errors/app-error.ts';

/** What every command of the lab may be told. */
export interface LabOptions {
  readonly data: string;
  readonly ports: string;
  readonly fresh?: boolean;
}

const ROOT = path.resolve(import.meta.dirname, '..');

/** Jars are shared by all labs of a checkout. */
export const CACHE_DIR = path.join(ROOT, '.lab');

/** Where a local lab keeps its data unless it is told otherwise. */
export const DEFAULT_DATA_DIR = path.join(CACHE_DIR, 'local');

/** @throws AppError `invalid-configuration` */
export function parsePorts(ports: string): 'fixed' | 'auto' {
  if (ports === 'fixed' || ports === 'auto') return ports;
  throw new AppError('invalid-configuration', `--ports is ${JSON.stringify(ports)}; it wants fixed or auto`);
}

/** A whole number given on the command line. @throws AppError `invalid-configuration` */
export function parseCount(name: string, given: string, bounds: { min: number; max: number }): number {
  const value = Number(given);
  if (/^\d{1,9}$/.test(given) && value >= bounds.min && value <= bounds.max) return value;
  throw new AppError(
    'invalid-configuration',
    `${name} is ${JSON.stringify(given)}; it wants a whole number from ${String(bounds.min)} to ${String(bounds.max)}`,
  );
}
