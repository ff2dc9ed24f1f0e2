/**
 * A page that nobody looks at, on a busy market: it costs little, its heap is bounded, and it is whole within a second of its
 * return. `HIDDEN_S` sets for how long (default 30; ten minutes are what is promised),
 * `HIDDEN_RATE` the events a second.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { heapOf } from '../harness/heap.mjs';
import { mayBeHidden } from '../harness/hidden.mjs';
import { rest } from '../harness/market.mjs';
import { tape } from '../harness/simulator.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const HIDDEN_S = Number(process.env.HIDDEN_S ?? 30);
const WHOLE_MS = 1_000;
const MEGABYTE = 1 << 20;
/** How much the heap may grow while nobody looks; the tape goes on holding trades up to its own limit. */
const GROWTH = 48 * MEGABYTE;

process.env.TRADESUITE_DEMO_RATE = process.env.HIDDEN_RATE ?? '2000';
const site = withDemo();

test('a hidden page has a bounded heap and is whole within a second of its return', { timeout: (HIDDEN_S + 120) * 1_000 }, async (t) => {
  const page = await site.open(t, { workspace: { timeframe: '1s' }, before: mayBeHidden });
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1s');
  await until('a tape', () => tape(page));
  const before = await heapOf(page);
  await page.evaluate(() => window.hide(true));
  const end = performance.now() + HIDDEN_S * 1_000;
  await until('the time to pass', () => performance.now() > end, 2 * HIDDEN_S * 1_000);
  const after = await heapOf(page);
  t.diagnostic(`heap ${(before / MEGABYTE).toFixed(1)} MB before, ${(after / MEGABYTE).toFixed(1)} MB after ${HIDDEN_S} s hidden`);
  assert.ok(after - before <= GROWTH, `it grew by ${((after - before) / MEGABYTE).toFixed(1)} MB`);

  const { candles } = await rest(site.url, 'candles', { instrument: INSTRUMENT, timeframe: '1s', limit: 2 });
  const { trades } = await rest(site.url, 'trades', { instrument: INSTRUMENT, limit: 1 });
  const book = () => page.getByTestId('book-summary').textContent();
  const seen = await book();
  await page.evaluate(() => window.hide(false));
  const returned = performance.now();
  await until('the bars', async () => (await chart.state()).last.time >= candles.at(-1).time);
  await until('the trades, each once', async () => {
    const now = await tape(page);
    return now && now.newest >= Number(trades.at(-1).id) && now.count === now.newest - now.oldest + 1;
  });
  await until('the book', async () => (await book()) !== seen && /message \d+/.test(await book()));
  const ms = Math.round(performance.now() - returned);
  t.diagnostic(`whole ${ms} ms after its return`);
  assert.ok(ms <= WHOLE_MS, `whole only after ${ms} ms`);
});
