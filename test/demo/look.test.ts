// The page of `npm run demo -- --serve`, in a real browser.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, createAppFolder } from '../documents/app-folder.js';
import { findProgram } from '../servers/find-program.js';

const executablePath = process.env.TEST_CHROMIUM ?? findProgram('chromium');
if (executablePath === undefined) {
  process.stderr.write(
    '\nSKIPPED: the page of the demo is not tested, as there is no Chromium. Install it (Debian: apt-get install chromium), or name it in TEST_CHROMIUM.\n\n',
  );
}

describe.skipIf(executablePath === undefined)('the page of the demo', () => {
  let server: ChildProcess | undefined;
  let browser: Browser | undefined;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const folder = await createAppFolder('demo-look');
    const built = ['-p', 'demo/tsconfig.json', '--noCheck', '--outDir', join(folder, 'demo')];
    expect(await compile(process.cwd(), ...built)).toBe('');
    server = spawn(process.execPath, ['demo/run.js', '--serve', '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await urlOf(server);
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      // Chromium has no sandbox for root, as which containers run.
      args: ['--no-sandbox'],
    });
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
    page.on('pageerror', ({ message }) => problems.push(message));
    await page.goto(url);
  });

  afterAll(async () => {
    await browser?.close();
    if (server === undefined || server.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    const [code] = await exited;
    expect(code).toBe(0);
  });

  const textOf = (selector: string) => page.locator(selector).innerText();
  /** Clicks a button, and waits for what came of it. */
  const click = async (id: string) => {
    await page.locator(`#${id}`).click();
    await page.locator(`#${id}:enabled`).waitFor();
    return {
      text: await textOf('#result'),
      kind: await page.locator('#result').getAttribute('class'),
    };
  };
  const tokenCells = () => page.locator('#accessToken td').allInnerTexts();
  /** For the documents, when asked for. */
  const picture = async (name: string) => {
    if (process.env.SCREENSHOTS === '1') {
      await page.screenshot({ path: `docs/images/demo-${name}.png`, fullPage: true });
    }
  };

  test('installing shows the session before and after, and that no token can be found', async () => {
    expect(await click('install')).toMatchObject({ kind: 'good' });
    const [before, after] = await tokenCells();
    expect(before).toMatch(/^shpat_/);
    expect(after).toMatch(/^eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await textOf('#readable')).toBe('without us 4 of 4, with us 0 of 4');
    expect(await page.locator('#shop td').allInnerTexts()).toEqual([
      'flowers.myshopify.com',
      'flowers.myshopify.com',
    ]);
    await picture('installed');
  });

  test('the app uses the token', async () => {
    expect(await click('look')).toMatchObject({ kind: 'good' });
    expect(await textOf('#result')).toContain('flowers.myshopify.com, offline');
  });

  test('rotating re-encrypts, under the eyes of the visitor', async () => {
    const [, sealed] = await tokenCells();
    expect(await textOf('#sealed-with')).toBe('2026-05');
    expect((await click('rotate')).text).toContain('2 sessions');
    expect(await textOf('#sealed-with')).toBe('2026-11');
    expect(await textOf('#kids')).toBe('2026-11, 2026-05');
    expect((await tokenCells())[1]).not.toBe(sealed);
    expect(await click('look')).toMatchObject({ kind: 'good' });
  });

  test.each([
    ['move', 'sealed for another session'],
    ['flip', 'damaged'],
    ['plant', 'plaintext'],
  ])('tampering (%s) makes the app refuse the token, and undoing mends it', async (id, word) => {
    const [, sealed] = await tokenCells();
    const refused = await click(id);
    expect(refused.kind).toBe('bad');
    expect(refused.text).toContain('(500)');
    expect(refused.text).toContain(word);
    expect((await tokenCells())[1]).not.toBe(sealed);
    if (id === 'flip') await picture('tampered');
    expect(await click('mend')).toMatchObject({ kind: 'good' });
    expect((await tokenCells())[1]).toBe(sealed);
  });

  test('nothing went wrong in the page', () => {
    expect(problems).toEqual([]);
  });
});

/** Where the page is, as the demo says. */
async function urlOf(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('There is no output.');
  for await (const line of createInterface(server.stdout)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('The demo ended.');
}
