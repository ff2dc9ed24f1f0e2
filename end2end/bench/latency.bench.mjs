/**
 * From the market's event at the server to pixels: how long after the server received a trade the chart's live bar has
 * it in. Server and browser share one clock.
 */
import { launch } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { counts, heard, listen } from '../harness/market.mjs';
import { demoServer } from './server.mjs';
import { median, ms, quantile, table } from './table.mjs';
import { openTimed } from './timed.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const WATCH_MS = 50_000;

const server = await demoServer();
const browser = await launch();
try {
  const { page } = await openTimed(browser, server.url, { timeframe: '1m', instrument: INSTRUMENT });
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1m');
  await listen(page, [`trades/${INSTRUMENT}`]);
  const begun = (await chart.state()).last.time;
  // In a bar that begins while both are watched, every volume names the trades it is made of.
  const bucket = (await chart.when('the next bar', ({ last }) => last.time > begun, 70_000)).last.time;
  const seen = await page.evaluate(watch, [bucket, WATCH_MS]);
  const trades = inBucket(await heard(page), bucket);
  const delays = delaysOf(trades, seen);
  table('From a trade at the server to the pixels of the live bar', ['trades', 'median', 'p95', 'p99', 'wanted p95', 'wanted p99'], [
    [delays.length, ms(median(delays)), ms(quantile(delays, 0.95)), ms(quantile(delays, 0.99)), '100 ms', '150 ms'],
  ]);
} finally {
  await browser.close();
  await server.stop();
}

/** Each trade once: a snapshot may repeat what was sent before. */
function inBucket(messages, bucket) {
  const all = messages.flatMap(({ data }) => data.trades).filter(({ time }) => time >= bucket && time < bucket + 60_000);
  return [...new Map(all.map((trade) => [trade.id, trade])).values()];
}

/** Runs in the page: when the live bar was painted with which volume. The legend is written in the frame that paints. */
function watch([bucket, length]) {
  const legend = document.querySelector('[data-testid=legend-volume]');
  const seen = [];
  const end = performance.now() + length;
  return new Promise((done) => {
    const look = () => {
      const volume = legend.dataset.exact;
      if (seen.at(-1)?.volume !== volume) {
        seen.push({ at: performance.timeOrigin + performance.now(), volume });
      }
      if (Date.now() >= bucket + 59_000 || performance.now() > end) done(seen);
      else requestAnimationFrame(look);
    };
    look();
  });
}

function delaysOf(trades, seen) {
  const delays = [];
  let volume = 0n;
  let at = 0;
  for (const trade of trades) {
    volume += counts(trade.quantity);
    while (at < seen.length && counts(seen[at].volume) < volume) at += 1;
    // What was painted first had been on its way before the watch began.
    if (at > 0 && at < seen.length) delays.push(seen[at].at - trade.received_us / 1_000);
  }
  return delays;
}
