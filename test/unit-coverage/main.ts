/** Prints how many lines of each room the unit tests run, from what jest has written. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { measureRooms, type FileCoverage } from './measure-rooms.ts';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'coverage/coverage-summary.json'), 'utf8');
const rooms = measureRooms(JSON.parse(text) as Record<string, FileCoverage>, root);
const rows = rooms.map(({ room, lines, percent }) => [room, String(lines), percent.toFixed(1)]);
console.log(
  rows
    .map(([room = '', lines = '', percent = '']) => `${room.padEnd(20)}${lines.padStart(8)}${percent.padStart(8)} %`)
    .join('\n'),
);
