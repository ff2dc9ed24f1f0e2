/**
 * Takes the README's picture, and others to look at critically, of the simulated market:
 * `node end2end/pictures/take.mjs [FOLDER]`, with SERVER, LEPTOS_SITE_ROOT and CHROMIUM as the tests have them.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demoServer } from '../bench/server.mjs';
import { launch, openPage } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { until } from '../harness/wait.mjs';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../output'));
/** Long enough for the tape to be full. */
const SETTLE_MS = 20_000;
const DESK = { width: 1600, height: 960, ratio: 1.5 };
const PHONE = { width: 390, height: 844, ratio: 1.5, touch: true };

const VIEWS = [
  { name: 'dark', options: { ...DESK, workspace: { theme: 'dark' } }, crosshair: true },
  { name: 'light', options: { ...DESK, workspace: { theme: 'light', timeframe: '15m' } }, crosshair: true },
  { name: 'dense', options: { ...DESK, ratio: 1, workspace: { theme: 'dark', timeframe: '1h' } }, keys: 'ArrowDown', times: 14 },
  { name: 'back', options: { ...DESK, ratio: 1, workspace: { theme: 'dark', timeframe: '1d' } }, keys: 'PageUp', times: 1 },
  { name: 'phone', options: { ...PHONE, workspace: { theme: 'dark' } } },
  { name: 'phone-book', options: { ...PHONE, workspace: { theme: 'light' } }, tab: 'book' },
  { name: 'phone-tape', options: { ...PHONE, workspace: { theme: 'dark' } }, tab: 'tape' },
];

await mkdir(folder, { recursive: true });
const server = await demoServer();
const browser = await launch();
try {
  const begun = performance.now();
  for (const view of VIEWS) await take(view, begun);
} finally {
  await browser.close();
  await server.stop();
}

async function take({ name, options, crosshair, keys, times = 0, tab }, begun) {
  const { page, close } = await openPage(browser, server.url, options);
  const chart = chartOf(page);
  await until('a live line', async () => /live/.test(await page.getByTestId('link').innerText()));
  await until('a full tape', () => performance.now() - begun > SETTLE_MS);
  if (crosshair) {
    const { plot } = await chart.drawn();
    await chart.point(plot.width * 0.62, plot.height * 0.3);
  }
  if (keys) await chart.canvas.focus();
  for (let at = 0; at < times; at += 1) await page.keyboard.press(keys);
  if (tab) await page.getByTestId(`tab-${tab}`).click();
  else await chart.painted();
  // Also what loads by itself after a change of view.
  await page.waitForLoadState('networkidle');
  if (!tab) await chart.painted();
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await close();
}
