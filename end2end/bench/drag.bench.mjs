/**
 * Script a frame while dragging: our chart and lightweight-charts 5.2.1, the same bars, the same drag, one browser; first
 * candles and volume, then with RSI, MACD and two EMAs on both sides.
 */
import { chartOf } from '../harness/chart.mjs';
import { launch, openPage } from '../harness/browser.mjs';
import { rest } from '../harness/market.mjs';
import { until } from '../harness/wait.mjs';
import { addIndicators, setPeriod } from './arrange.mjs';
import { drag } from './drag.mjs';
import { openLightweight } from './lightweight.mjs';
import { demoServer } from './server.mjs';
import { median, ms, table } from './table.mjs';

const VIEWS = [200, 2_000, 10_000];
const RUNS = 3;
const CHARTS = ['ours', 'theirs', 'conflated'];
const NAMES = ['TradeSuite', 'lightweight-charts', 'the same, conflated'];
const INSTRUMENT = 'coinbase:BTC-USD';
/** More than are in view, so that dragging to and fro stays within the history. */
const BARS = 14_000;
/** The figures follow half a second behind, and a beat of the page. */
const BEHIND_MS = 900;

const server = await demoServer();
const browser = await launch();
try {
  const ours = await openOurs();
  const bars = await history();
  await compare(ours, bars, 'candles and volume', {});
  await ours.addIndicators();
  await compare(ours, bars, 'with RSI, MACD and two EMAs', { indicators: true });
  const nothing = await drag(await blank(), { x: 0, y: 0, width: 900, height: 700 });
  table('The same drag over an empty page', ['script', 'main thread'], [[ms(nothing.script), ms(nothing.task)]]);
} finally {
  await browser.close();
  await server.stop();
}

async function compare(ours, bars, what, options) {
  const theirs = await openLightweight(browser, ours.size, bars, options);
  const conflated = await openLightweight(browser, ours.size, bars, { ...options, conflated: true });
  const rows = [];
  for (const count of VIEWS) {
    const found = { ours: [], theirs: [], conflated: [] };
    for (let run = 0; run < RUNS; run += 1) {
      const shown = await ours.show(count);
      found.ours.push(await drag(ours.page, ours.box));
      for (const [name, chart] of Object.entries({ theirs, conflated })) {
        await chart.show(shown);
        found[name].push(await drag(chart.page, chart.box));
      }
    }
    const script = (name) => ms(median(found[name].map((sample) => sample.script)));
    const task = (name) => ms(median(found[name].map((sample) => sample.task)));
    rows.push([count, ...CHARTS.map(script), ...CHARTS.map(task)]);
  }
  table(
    `Dragging, ${what}: script, and the whole main thread, a frame (median of ${RUNS} runs of 120 frames)`,
    ['bars in view', ...NAMES.map((name) => `script, ${name}`), ...NAMES.map((name) => `main thread, ${name}`)],
    rows,
  );
  await theirs.close();
  await conflated.close();
}

async function openOurs() {
  const { page } = await openPage(browser, server.url, { facts: false, workspace: { timeframe: '1m', instrument: INSTRUMENT } });
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1m');
  const box = await chart.box();
  return {
    page,
    box,
    size: { width: Math.round(box.width), height: Math.round(box.height) },
    /** Adds what the other side has then too: two averages in the pane, two panes below. */
    async addIndicators() {
      await addIndicators(page, ['ema', 'ema', 'rsi', 'macd']);
      await setPeriod(page, 2, 50);
      await chart.when('four indicators', ({ indicators, panes }) => indicators.length === 4 && panes.length === 3);
      await page.mouse.move(2, 2);
    },
    /** Zooms until about `count` bars are in view, and answers how many are. */
    async show(count) {
      await chart.canvas.focus();
      await page.keyboard.press('0');
      const inView = async () => {
        const { plot, spacing } = await chart.state();
        return plot.width / spacing;
      };
      await page.waitForTimeout(BEHIND_MS);
      const { plot } = await chart.state();
      await chart.point(plot.width - 20, plot.height / 2);
      await until(`${count} bars in view`, async () => {
        const now = await inView();
        if (Math.abs(now / count - 1) < 0.05) return true;
        // A hundred pixels of the wheel are a factor of 1.12, and three hundred the most at once.
        const pixels = (100 * Math.log(count / now)) / Math.log(1.12);
        await page.mouse.wheel(0, Math.max(-300, Math.min(300, pixels)));
        await page.waitForTimeout(BEHIND_MS);
        return false;
      });
      await chart.when('their history', ({ bars }) => bars >= count);
      return Math.round(await inView());
    },
  };
}

async function history() {
  const pages = [];
  let end = Date.now();
  for (let held = 0; held < BARS; held += pages[0].length) {
    const { candles } = await rest(server.url, 'candles', { instrument: INSTRUMENT, timeframe: '1m', end, limit: 5_000 });
    if (candles.length === 0) break;
    pages.unshift(candles);
    end = candles[0].time;
  }
  return pages.flat();
}

async function blank() {
  const page = await browser.newPage();
  await page.setContent('<body></body>');
  return page;
}
