/** The workspace of many panels that the benchmarks of load look at, and its market. */
import { launch } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { ready } from '../harness/dock.mjs';
import { rest } from '../harness/market.mjs';
import { Server } from '../harness/server.mjs';
import { until } from '../harness/wait.mjs';
import { demoServer } from './server.mjs';

/** The six panels: their kinds by column, and each column's share of the width. */
export const COLUMNS = [
  [1_600, ['watchlist']],
  [4_600, ['chart', 'chart']],
  [1_900, ['ladder']],
  [1_900, ['book', 'tape']],
];
const WHOLE = 10_000;
const INSTRUMENTS = { blue: 'coinbase:BTC-USD', orange: 'coinbase:ETH-USD' };
const ROWS = 30;
/** A market of as many instruments as the watchlist has rows, and its rate in events a second. */
const MARKET = ['--instruments', String(ROWS), '--rate', '2000', '--seed', '1'];
/** A ready-made workspace, which is opened by a click: the six panels are kept under its name. */
const NAME = 'Minimal';

/**
 * Measures on that market, and ends everything afterwards.
 * @param {(browser: import('playwright-core').Browser, url: string) => Promise<void>} measure with a server's address
 */
export async function onBusyMarket(measure) {
  const market = await new Server(['simulate', '--bind', '127.0.0.1:0', ...MARKET]).ready();
  const server = await demoServer({ TRADESUITE_DEMO_ADDRESS: new URL(market.url).host });
  const browser = await launch();
  try {
    await measure(browser, server.url);
  } finally {
    await browser.close();
    await server.stop();
    market.kill();
  }
}

/** Keeps the six panels and the list of instruments on the server. */
export async function keepSix(base) {
  const { instruments } = await rest(base, 'instruments', { exchange: 'coinbase', limit: ROWS });
  if (instruments.length !== ROWS) throw new Error(`${instruments.length} instruments, not ${ROWS}`);
  await keep(base, 'watchlists/Thirty', { version: 1, name: 'Thirty', instruments: instruments.map(({ id }) => id) });
  let id = 0;
  const panels = [];
  const columns = COLUMNS.map(([size, kinds]) => {
    const groups = kinds.map((kind) => {
      id += 1;
      const isSecond = kind === 'chart' && panels.some((panel) => panel.kind === 'chart');
      panels.push({ id, kind, link: isSecond ? 'orange' : 'blue' });
      return { tabs: [id], active: id };
    });
    if (groups.length === 1) return { size, ...groups[0] };
    return { size, split: 'column', children: groups.map((group) => ({ size: WHOLE / groups.length, ...group })) };
  });
  const links = Object.fromEntries(Object.entries(INSTRUMENTS).map(([colour, instrument]) => [colour, { instrument }]));
  const chart = panels.find(({ kind }) => kind === 'chart');
  const workspace = {
    version: 1,
    name: NAME,
    desktop: { root: { split: 'row', children: columns }, panels },
    phone: { panels: [chart], active: chart.id },
    links,
  };
  await keep(base, `workspaces/${NAME}`, workspace);
}

async function keep(base, path, document) {
  const answer = await fetch(new URL(`/api/v1/${path}`, base), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
}

/** Opens the six panels, and adds three indicators to the first chart. */
export async function openSix(page) {
  await ready(page, NAME.toLowerCase());
  const wanted = COLUMNS.flatMap(([, kinds]) => kinds).sort();
  await until('six panels', async () => {
    const kinds = await page.getByTestId('panel').evaluateAll((all) => all.map(({ dataset }) => dataset.kind));
    return JSON.stringify(kinds.sort()) === JSON.stringify(wanted);
  });
  const first = page.getByTestId('panel').filter({ has: page.getByTestId('chart') }).first();
  await first.click({ position: { x: 100, y: 100 } });
  await addIndicators(page, ['rsi', 'macd', 'ema']);
  await page.mouse.move(2, 2);
}

/** Adds indicators to the first chart. */
export async function addIndicators(page, names) {
  await page.getByTestId('indicators').first().click();
  for (const name of names) await page.getByTestId(`add-${name}`).click();
  await page.keyboard.press('Escape');
}

/** Sets the period of an indicator, by its number. */
export async function setPeriod(page, number, period) {
  await page.getByTestId(`indicator-${number}-settings`).press('Enter');
  await page.getByTestId('field-period').fill(String(period));
  await page.keyboard.press('Escape');
  await chartOf(page).painted();
}
