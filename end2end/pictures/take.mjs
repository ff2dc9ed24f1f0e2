/**
 * Takes pictures of the simulated market, with SERVER, LEPTOS_SITE_ROOT and CHROMIUM as the tests have them:
 *
 * - `node end2end/pictures/take.mjs`: the ready-made workspaces, which the README shows and the tests compare
 * - `node end2end/pictures/take.mjs FOLDER`: other views into FOLDER, to look at critically
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { demoServer } from '../bench/server.mjs';
import { launch, openPage } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { forgetArrangements } from '../harness/market.mjs';
import { SIZE, THEMES, WORKSPACES, fileOf, settle } from '../harness/picture.mjs';
import { until } from '../harness/wait.mjs';

/** Long enough for the tape to be full. */
const SETTLE_MS = 20_000;
const DESK = { ...SIZE, ratio: 1.5 };
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

const [views] = process.argv.slice(2);
const server = await demoServer();
const browser = await launch();
try {
  if (views) await takeViews(resolve(views));
  else await takeWorkspaces();
} finally {
  await browser.close();
  await server.stop();
}

async function takeWorkspaces() {
  for (const theme of THEMES) {
    // The theme of before is kept on the server, and counts more than the one that the browser begins with.
    await forgetArrangements(server.url);
    const { page, close } = await openPage(browser, server.url, { ...SIZE, workspace: { theme } });
    await chartOf(page).drawn();
    for (const workspace of WORKSPACES) {
      await settle(page, workspace);
      await page.screenshot({ path: fileOf(workspace, theme) });
    }
    await close();
  }
}

async function takeViews(folder) {
  await mkdir(folder, { recursive: true });
  const begun = performance.now();
  for (const view of VIEWS) await take(view, folder, begun);
}

async function take({ name, options, crosshair, keys, times = 0, tab }, folder, begun) {
  // A theme of before is kept on the server, and counts more than the one that the browser begins with.
  await forgetArrangements(server.url);
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
