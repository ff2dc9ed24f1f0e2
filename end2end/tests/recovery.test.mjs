/** The page while its server is killed and its venue is silent: it says so, and is whole again by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERVER_GONE } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { middle, ready } from '../harness/dock.mjs';
import { rest } from '../harness/market.mjs';
import { growing, market, tape } from '../harness/simulator.mjs';
import { withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const { open } = withBrowser();

test('a server that is killed under an open page leaves nothing doubled and nothing missing on chart and tape', async (t) => {
  const { serve, control } = await market(t);
  const first = await serve();
  const page = await open(t, first.url, {
    workspace: { timeframe: '1s' },
    expected: SERVER_GONE,
  });
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1s');
  const begun = await growing(page);
  first.kill();
  const link = () => page.getByTestId('link').innerText();
  await until('the loss', async () => /server cannot be reached/.test(await link()));
  await serve(new URL(first.url).port);
  await until('a live line', async () => /Coinbase live/.test(await link()));

  const { instruments } = await control('pause');
  const last = instruments['BTC-USD'].last_trade_id;
  await until('the newest trade on the tape', async () => (await tape(page))?.newest === last);
  // What was missed while nobody listened comes a moment after the newest.
  const { oldest } = await until('every trade on the tape, once', async () => {
    const held = await tape(page);
    assert.ok(held.count <= held.newest - held.oldest + 1, 'none stands there twice');
    return held.count === held.newest - held.oldest + 1 && held;
  });
  assert.ok(oldest <= begun, `it reaches back to before the kill: ${oldest} <= ${begun}`);

  const newestBar = async () => {
    const { candles } = await rest(first.url, 'candles', { instrument: INSTRUMENT, timeframe: '1s', limit: 40 });
    return candles;
  };
  const figures = ({ time, open: opened, high, low, close, volume }) => ({ time, open: opened, high, low, close, volume });
  await until('the last bar of REST on the chart', async () => {
    const [shown, held] = [(await chart.state()).last, (await newestBar()).at(-1)];
    return JSON.stringify(figures(shown)) === JSON.stringify(figures(held));
  });
  // From the right to the left: what the crosshair names are REST's bars, those of the outage too. A bar whose missing
  // trades are still being fetched is shown by neither.
  const { plot, spacing } = await chart.state();
  const named = new Set();
  const absent = async () => {
    for (let x = plot.width - 1; x > plot.width - 60 * spacing && x > 0; x -= spacing / 2) {
      await chart.point(x, plot.height * 0.3);
      named.add(JSON.stringify(await chart.legend()));
    }
    const bars = (await newestBar()).slice(-25);
    const texts = bars.map(({ open: opened, high, low, close, volume }) => JSON.stringify({ open: opened, high, low, close, volume }));
    return texts.filter((text) => !named.has(text));
  };
  await until('every bar of REST on the chart', async () => (await absent()).length === 0);
});

test('a venue that falls silent is said to be stale within three seconds', async (t) => {
  const { serve, control } = await market(t);
  const server = await serve();
  const page = await open(t, server.url);
  const link = () => page.getByTestId('link').innerText();
  await until('a live line', async () => /Coinbase live/.test(await link()));
  const silent = await rest(server.url, 'time');
  await control('faults', { stall: '50ms' });
  await until('that it is stale', async () => /stale/.test(await link()));
  const said = await rest(server.url, 'time');
  const { connections } = await rest(server.url, 'status');
  assert.notEqual(connections[0].state, 'live');
  const ms = said.time - silent.time;
  assert.ok(ms <= 3_000, `said after ${ms} ms`);
  await control('faults', { stall: null });
  await until('a live line again', async () => /Coinbase live/.test(await link()), 60_000);
});

test('a stale ladder is asked for again by the mouse', async (t) => {
  const { serve, control } = await market(t);
  const server = await serve();
  const page = await open(t, server.url);
  await ready(page, 'order-flow');
  await until('a ladder', async () => /message \d+/.test(await page.getByTestId('ladder-summary').textContent().catch(() => '')));
  // The line is cut, and the next one's book is long in coming.
  await control('faults', { cut: '200ms', late_snapshot: '60s' });
  const button = page.getByTestId('ladder-resync');
  await button.waitFor();
  await control('faults', { cut: null });
  await page.evaluate(() => addEventListener('click', ({ target }) => (window.clicked = target.dataset.testid), { capture: true }));
  await page.mouse.click(...(await middle(button)));
  assert.equal(await page.evaluate(() => window.clicked), 'ladder-resync');
  await control('faults', { late_snapshot: null });
});
