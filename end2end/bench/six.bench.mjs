/**
 * Six panels on a market of 2,000 events a second: frames beside those of an empty canvas page, the main thread's work a
 * frame, and the page's memory over SIX_S seconds (600).
 */
import { openPage } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { heapOf } from '../harness/heap.mjs';
import { until } from '../harness/wait.mjs';
import { keepSix, onBusyMarket, openSix } from './arrange.mjs';
import { frames, openEmpty, pace, workPerFrame } from './load.mjs';
import { median, megabytes, ms, quantile, table } from './table.mjs';

const SIX_MS = Number(process.env.SIX_S ?? 600) * 1_000;
const EMPTY_MS = 10_000;
const WARM_MS = 10_000;
const TRACED_MS = Math.min(20_000, SIX_MS);
const SAMPLES = 10;
const VIEWPORT = { width: 1600, height: 960 };

await onBusyMarket(async (browser, url) => {
  const empty = await openEmpty(browser, VIEWPORT);
  const idle = await frames(empty.page, EMPTY_MS);
  const interval = median(idle);
  const emptyWork = await workPerFrame(empty.page, () => frames(empty.page, EMPTY_MS / 2));
  await empty.close();

  await keepSix(url);
  const { page, close } = await openPage(browser, url, { ...VIEWPORT, facts: false });
  await chartOf(page).drawn();
  await openSix(page);
  await frames(page, WARM_MS);
  const heaps = [await heapOf(page)];
  const gaps = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    gaps.push(...(await frames(page, SIX_MS / SAMPLES)));
    heaps.push(await heapOf(page));
  }
  const work = await workPerFrame(page, () => frames(page, TRACED_MS));
  const seen = await rate(page);
  await close();

  const [of, alone] = [pace(gaps, interval), pace(idle, interval)];
  const percent = (share) => `${(share * 100).toFixed(2)} %`;
  table(`Six panels for ${SIX_MS / 1_000} s on a market of 2,000 events a second, of which the server hears ${Math.round(seen)} messages a second`, ['what', 'six panels', 'an empty canvas', 'wanted'], [
    ['frames a second', of.fps.toFixed(1), alone.fps.toFixed(1), '60, or those of the empty canvas'],
    ['dropped frames', percent(of.dropped), percent(alone.dropped), 'under 1 %'],
    ["main thread's work a frame, median", ms(median(work)), ms(median(emptyWork)), ''],
    ["main thread's work a frame, p95", ms(quantile(work, 0.95)), ms(quantile(emptyWork, 0.95)), '8 ms'],
    ['heap and wasm memory, at first', megabytes(heaps[0]), '', ''],
    ['the same half way', megabytes(heaps[SAMPLES / 2]), '', ''],
    ['the same at the end', megabytes(heaps.at(-1)), '', 'flat'],
  ]);
});

/** Messages a second that the server hears, as the page says. */
async function rate(page) {
  const text = await until('a rate', () => page.getByTestId('rate').innerText());
  return Number(text.replaceAll(/[^\d.]/g, ''));
}
