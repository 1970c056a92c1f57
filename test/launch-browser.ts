import { execFileSync } from 'node:child_process';
import { chromium, type Browser } from 'playwright-core';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

/** Starts the first browser of those that there may be. */
export function launchBrowser(): Promise<Browser> {
  const found = execFileSync('bash', ['-c', `command -v ${BROWSERS.join(' ')} | head -1`], { encoding: 'utf8' });
  return chromium.launch({ executablePath: found.trim(), args: ['--no-sandbox'] });
}
