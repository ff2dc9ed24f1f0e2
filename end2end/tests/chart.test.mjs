/** What the chart shows is what the market did: its figures against REST and against the trades of the socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { chartOf } from '../harness/chart.mjs';
import { counts, foldTrades, heard, listen, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const INSTRUMENT = 'coinbase:BTC-USD';
const figures = ({ open, high, low, close, volume }) => ({ open, high, low, close, volume });

test('the crosshair names every visible bar as REST does', async (t) => {
  const page = await site.open(t, { workspace: { timeframe: '15m' } });
  const chart = chartOf(page);
  const shown = await chart.drawn(INSTRUMENT, '15m');
  const { candles } = await rest(site.url, 'candles', {
    instrument: INSTRUMENT,
    timeframe: '15m',
    start: shown.from,
    end: shown.last.time,
    limit: 5000,
  });
  assert.ok(candles.length > 30, `${candles.length} closed bars are in view`);
  const expected = candles.map(figures);
  await chart.point(2, shown.plot.height * 0.3);
  const { hover } = await chart.when('the crosshair', (state) => state.hover);
  const skipped = candles.findIndex(({ time }) => time === hover.time);
  const wanted = expected.slice(skipped);
  const isWanted = (legend) => wanted.some((bar) => isDeepStrictEqual(bar, legend));
  const named = [];
  // Where a new bar begins meanwhile, the others move from under the pointer: one that is missed so is named the next time.
  await until('every bar', async () => {
    const sweep = [];
    for (let x = 2; x < shown.plot.width; x += shown.spacing / 2) {
      await chart.point(x, shown.plot.height * 0.3);
      sweep.push(await chart.legend());
    }
    named.push(...sweep);
    const others = sweep.findIndex((legend) => !isWanted(legend));
    const newest = sweep.findLastIndex(isWanted);
    assert.ok(others === -1 || newest < others, 'only newer bars are others');
    return wanted.every((bar) => named.some((legend) => isDeepStrictEqual(bar, legend)));
  }, 60_000);
});

test('the live bar is the fold of the trades that the socket sent', async (t) => {
  const page = await site.open(t, { workspace: { timeframe: '5s' } });
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '5s');
  await listen(page, [`trades/${INSTRUMENT}`]);
  const opened = (await chart.state()).last.time;
  // The bucket after the next began while both were listening.
  const bucket = (await chart.when('a bar that began meanwhile', ({ last }) => last.time > opened)).last.time;
  const seen = [];
  await until('its successor', async () => {
    const { last } = await chart.state();
    if (last.time === bucket) seen.push(last);
    return last.time > bucket + 5_000;
  });
  // A snapshot may come at any time and tells trades again.
  const told = (await heard(page)).flatMap(({ data }) => data.trades);
  const trades = [...new Map(told.map((trade) => [trade.id, trade])).values()].filter(
    ({ time }) => time >= bucket && time < bucket + 5_000,
  );
  const prefixes = trades.map((_, at) => foldTrades(trades.slice(0, at + 1)));
  assert.ok(seen.length > 5 && prefixes.length > 5, 'a bar moved');
  for (const bar of seen) {
    const isPrefix = prefixes.some(
      (fold) =>
        fold.volume === counts(bar.volume) &&
        fold.open === bar.open &&
        fold.high === bar.high &&
        fold.low === bar.low &&
        fold.close === bar.close,
    );
    assert.ok(isPrefix, `no run of trades makes ${JSON.stringify(bar)}`);
  }
  const answer = await rest(site.url, 'candles', { instrument: INSTRUMENT, timeframe: '5s', start: bucket, limit: 1 });
  const whole = prefixes.at(-1);
  assert.equal(counts(answer.candles[0].volume), whole.volume);
  assert.equal(answer.candles[0].close, whole.close);
});

for (const timeframe of ['1m', '5m', '15m', '1h', '1d']) {
  test(`${timeframe} bars are there from the start`, async (t) => {
    const page = await site.open(t, { workspace: { timeframe } });
    const { bars } = await chartOf(page).drawn(INSTRUMENT, timeframe);
    assert.ok(bars >= 100, `${bars} bars`);
  });
}

test('the timeframe is chosen on the page', async (t) => {
  const page = await site.open(t);
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1m');
  await page.getByTestId('timeframe-15m').click();
  const { last } = await chart.drawn(INSTRUMENT, '15m');
  assert.equal(last.time % 900_000, 0);
});
