/** What the chart shows is what the market did: its figures against REST and against the trades of the socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { counts, foldTrades, heard, listen, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const INSTRUMENT = 'coinbase:BTC-USD';
const figures = ({ time, open, high, low, close, volume }) => ({ time, open, high, low, close, volume });

test('the crosshair names every visible bar as REST does', async (t) => {
  const page = await site.open(t, { workspace: { timeframe: '1m' } });
  const chart = chartOf(page);
  const shown = await chart.drawn(INSTRUMENT, '1m');
  const { candles } = await rest(site.url, 'candles', {
    instrument: INSTRUMENT,
    timeframe: '1m',
    start: shown.from,
    end: shown.last.time,
    limit: 5000,
  });
  const expected = new Map(candles.filter(({ closed }) => closed).map((candle) => [candle.time, figures(candle)]));
  const named = new Set();
  for (let x = shown.spacing / 2; x < shown.plot.width; x += shown.spacing) {
    await chart.point(x, shown.plot.height * 0.3);
    const { hover } = await chart.when('the crosshair there', ({ hover }) => hover && Math.abs(hover.x - x) <= shown.spacing);
    if (!expected.has(hover.time)) continue;
    const { x: _, ...bar } = hover;
    assert.deepEqual(bar, expected.get(hover.time));
    named.add(hover.time);
  }
  const visible = [...expected.keys()].filter((time) => time >= shown.from && time <= shown.to);
  assert.ok(named.size >= visible.length - 2, `${named.size} of ${visible.length} bars were named`);
});

test('the legend prints the figures of the bar pointed at', async (t) => {
  const page = await site.open(t, { workspace: { timeframe: '1m' } });
  const chart = chartOf(page);
  const shown = await chart.drawn(INSTRUMENT, '1m');
  await chart.point(shown.plot.width / 2, shown.plot.height / 3);
  const { hover } = await chart.when('the crosshair', ({ hover }) => hover);
  const legend = (await page.getByTestId('legend').innerText()).replaceAll(',', '');
  for (const figure of [hover.open, hover.high, hover.low, hover.close]) {
    assert.ok(legend.includes(figure.toFixed(2)), `${figure} in ${legend}`);
  }
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
  const trades = (await heard(page))
    .flatMap(({ data }) => data.trades)
    .filter(({ time }) => time >= bucket && time < bucket + 5_000);
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

for (const timeframe of ['1s', '5m', '1h', '1d']) {
  test(`${timeframe} bars are there from the start`, async (t) => {
    const page = await site.open(t, { workspace: { timeframe } });
    const { bars } = await chartOf(page).drawn(INSTRUMENT, timeframe);
    assert.ok(bars >= 50, `${bars} bars`);
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
