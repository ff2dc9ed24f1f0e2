/** A page with lightweight-charts, candles and volume, as wide and high as our chart. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const script = resolve(
  import.meta.dirname,
  '../../node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.js',
);

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{width: number, height: number}} box
 * @param {object[]} candles REST's rows, ascending
 * @param {{conflated?: boolean}} options `conflated`: with its own joining of bars that are narrower than a pixel,
 *   which is off by default
 */
export async function openLightweight(browser, box, candles, { conflated = false } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.setContent('<body style="margin:0;background:#0f131a"><div id="chart"></div></body>');
  await page.addScriptTag({ content: await readFile(script, 'utf8') });
  const bars = candles.map(({ time, open, high, low, close, volume }) => [time / 1000, open, high, low, close, volume]);
  await page.evaluate(make, { bars, conflated, width: box.width, height: box.height });
  return {
    page,
    box: { x: 0, y: 0, ...box },
    /** Shows the newest `count` bars. */
    show: (count) => page.evaluate((n) => window.showBars(n), count),
    close: () => context.close(),
  };
}

/** Runs in the page. */
function make({ bars, conflated, width, height }) {
  const { createChart, CandlestickSeries, HistogramSeries } = window.LightweightCharts;
  const chart = createChart(document.getElementById('chart'), {
    width,
    height,
    layout: { background: { color: '#0f131a' }, textColor: '#8e9bae', attributionLogo: false },
    grid: { vertLines: { color: '#161b24' }, horzLines: { color: '#161b24' } },
    // Without the first, no more than two bars a pixel are ever in view.
    timeScale: { minBarSpacing: 0.01, timeVisible: true, enableConflation: conflated },
  });
  const candles = chart.addSeries(CandlestickSeries, { upColor: '#2fbf8a', downColor: '#ef5f6b', borderVisible: false });
  const volumes = chart.addSeries(HistogramSeries, { priceScaleId: '', priceFormat: { type: 'volume' } });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.83, bottom: 0 } });
  candles.setData(bars.map(([time, open, high, low, close]) => ({ time, open, high, low, close })));
  volumes.setData(
    bars.map(([time, open, , , close, value]) => ({ time, value, color: close >= open ? '#2fbf8a47' : '#ef5f6b47' })),
  );
  window.showBars = (count) =>
    chart.timeScale().setVisibleLogicalRange({ from: bars.length - count, to: bars.length });
}
