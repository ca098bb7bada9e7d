import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { atTheEnd } from '../support/at-the-end.ts';
import { launchBrowser, NEEDS_BROWSER } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Builds the page where it is stale and starts a real browser, closed when the test file ends.
 * @returns undefined where none runs; {@link withoutBrowser} is then the reason to skip a test
 */
export async function startBrowser(): Promise<Browser | undefined> {
  const browser = await launchBrowser();
  if (!browser) return undefined;
  atTheEnd(() => browser.close());
  execFileSync(process.execPath, [join(import.meta.dirname, '../../web/build.ts')], { stdio: 'inherit' });
  return browser;
}

/** For tests of the page: a reason to skip them where no browser runs. */
export function withoutBrowser(browser: Browser | undefined): string | false {
  return browser ? false : NEEDS_BROWSER;
}

/** A page in a context of its own, which collects whatever the browser complains about. */
export async function openPage(
  browser: Browser | undefined,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  if (!browser) throw new Error(NEEDS_BROWSER);
  const context = await browser.newContext({ acceptDownloads: true, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused call and a dead image link are answers, not faults of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  return { page, complaints };
}

/** What axe finds that is serious or worse, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Through the debugger, as the page's content security policy allows no foreign script.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Finding[] }>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ''}`).join(' | ')}`);
}

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string; any: { message: string }[] }[];
}

/** Where PIXMILL_SCREENSHOTS names a folder, what the page looks like is kept there. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PIXMILL_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
