/** A page with lightweight-charts, candles and volume, and indicators where they are wanted, as wide and high as our chart. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ema, macd, rsi } from './indicators.mjs';

const script = resolve(
  import.meta.dirname,
  '../../node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.js',
);

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{width: number, height: number}} box
 * @param {object[]} candles REST's rows, ascending
 * @param {{conflated?: boolean, indicators?: boolean}} options `conflated`: with its own joining of bars that are narrower
 *   than a pixel, which is off by default; `indicators`: with RSI and MACD in panes of their own and two averages
 */
export async function openLightweight(browser, box, candles, { conflated = false, indicators = false } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.setContent('<body style="margin:0;background:#0f131a"><div id="chart"></div></body>');
  await page.addScriptTag({ content: await readFile(script, 'utf8') });
  const bars = candles.map(({ time, open, high, low, close, volume }) => [time / 1000, open, high, low, close, volume]);
  await page.evaluate(make, { bars, conflated, width: box.width, height: box.height });
  if (indicators) await page.evaluate(addIndicators, { times: bars.map(([time]) => time), ...series(bars) });
  return {
    page,
    box: { x: 0, y: 0, ...box },
    /** Shows the newest `count` bars. */
    show: (count) => page.evaluate((n) => window.showBars(n), count),
    close: () => context.close(),
  };
}

/** It has no indicators: they are computed once and handed over as lines. */
function series(bars) {
  const closes = bars.map(([, , , , close]) => close);
  return { averages: [ema(closes, 20), ema(closes, 50)], strength: rsi(closes), macd: macd(closes) };
}

/** Runs in the page. */
function addIndicators({ times, averages, strength, macd: { line, signal, histogram } }) {
  const { LineSeries, HistogramSeries } = window.LightweightCharts;
  const add = (kind, values, pane, color) => {
    const options = { color, lineWidth: 1, priceLineVisible: false, lastValueVisible: false };
    const points = values.map((value, at) => (value === null ? { time: times[at] } : { time: times[at], value }));
    window.chart.addSeries(kind, options, pane).setData(points);
  };
  add(LineSeries, averages[0], 0, '#e4b04a');
  add(LineSeries, averages[1], 0, '#8b7cf6');
  add(LineSeries, strength, 1, '#38bdd8');
  add(HistogramSeries, histogram, 2, '#2fbf8a');
  add(LineSeries, line, 2, '#e4b04a');
  add(LineSeries, signal, 2, '#8b7cf6');
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
  window.chart = chart;
  window.showBars = (count) =>
    chart.timeScale().setVisibleLogicalRange({ from: bars.length - count, to: bars.length });
}
