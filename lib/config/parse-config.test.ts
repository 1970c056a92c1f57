import { describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.ts';
import { describeVariables, parseConfig } from './parse-config.ts';
import { addresses, integer, oneOf, port, text, words } from './variables.ts';

const declaration = {
  PORT: port({ description: 'where to listen', default: '8000' }),
  BROKERS: addresses({ description: 'where Kafka is' }),
  LOG_FORMAT: oneOf(['text', 'json'], { description: 'how to log', default: 'text' }),
  DELAY_MS: integer({ min: 0, max: 1000 }, { description: 'how long to wait', default: '0' }),
  NAME: text({ description: 'who', default: 'nobody' }),
  HOSTS: words({ description: 'names', default: 'localhost' }),
};

describe('parseConfig', () => {
  it('reads values with their types and fills in defaults', () => {
    expect(parseConfig(declaration, { BROKERS: 'kafka:29029, b:1', HOSTS: 'a,b', LOG_FORMAT: '' })).toEqual({
      PORT: 8000,
      BROKERS: ['kafka:29029', 'b:1'],
      LOG_FORMAT: 'text',
      DELAY_MS: 0,
      NAME: 'nobody',
      HOSTS: ['a', 'b'],
    });
  });

  it('names every bad variable at once, with what it is and what it must be', () => {
    const parse = () => parseConfig(declaration, { PORT: '80000', LOG_FORMAT: 'xml', DELAY_MS: '1.5' });
    expect(parse).toThrow(AppError);
    expect(parse).toThrow(
      /PORT is "80000".*0 to 65535[^]*BROKERS is missing[^]*LOG_FORMAT is "xml"[^]*DELAY_MS is "1.5"/,
    );
  });

  it('refuses addresses without a port', () => {
    expect(() => parseConfig(declaration, { BROKERS: 'kafka' })).toThrow(/BROKERS is "kafka"; it must be host:port/);
  });

  it('prints the table of its variables', () => {
    const rows = describeVariables(declaration);
    expect(rows).toContainEqual(['`PORT`', '`8000`', expect.stringMatching(/^where to listen \(a whole number/)]);
    expect(rows).toContainEqual(['`BROKERS`', 'required', expect.any(String)]);
  });
});
