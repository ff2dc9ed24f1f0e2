/**
 * The page cut off from its server without a word, and the server frozen: everything says so, nothing breaks, and it is
 * whole within five seconds of the line's return. `CUT_S` sets how long (default 15; a minute is what is promised).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SERVER_GONE } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { line } from '../harness/line.mjs';
import { rest } from '../harness/market.mjs';
import { growing, market, tape } from '../harness/simulator.mjs';
import { withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const CUT_S = Number(process.env.CUT_S ?? 15);
const WHOLE_MS = 5_000;
const { open } = withBrowser();

const link = (page) => page.getByTestId('link').innerText();
const said = (page, testid) => page.getByTestId(testid).innerText({ timeout: 500 }).catch(() => '');

/** Cuts the page off by `cut`, looks at what it says, lets it back by `mend` and counts the time. */
async function survives(t, page, server, { cut, mend }) {
  const chart = chartOf(page);
  await chart.drawn(INSTRUMENT, '1s');
  const begun = await growing(page);
  await cut();
  const end = performance.now() + CUT_S * 1_000;
  await until('the status bar to say so, and since when', async () => /server cannot be reached.*last heard at \d\d:\d\d:\d\d/s.test(await link(page)));
  for (const testid of ['chart-note', 'book-note', 'tape-note']) {
    await until(`${testid} to say since when`, async () => /seen until \d\d:\d\d:\d\d/.test(await said(page, testid)));
  }
  // A person goes on working: nothing of it breaks.
  await page.getByTestId('zone').click();
  await page.getByTestId('zone').click();
  await until('the cut to have lasted', () => performance.now() >= end, 2 * CUT_S * 1_000);
  await mend();
  const mended = performance.now();
  const newest = async () => (await rest(server.url, 'trades', { instrument: INSTRUMENT, limit: 1 })).trades.at(-1).id;
  const wanted = Number(await newest());
  await until('a live line', async () => /Coinbase live/.test(await link(page)));
  const held = await until('every trade once', async () => {
    const now = await tape(page);
    if (!now || now.newest < wanted) return false;
    assert.ok(now.count <= now.newest - now.oldest + 1, 'none stands there twice');
    return now.count === now.newest - now.oldest + 1 && now;
  });
  for (const testid of ['chart-note', 'book-note', 'tape-note']) {
    await until(`${testid} to be gone`, async () => !/until|Stale|Not connected/.test(await said(page, testid)));
  }
  const bars = (await rest(server.url, 'candles', { instrument: INSTRUMENT, timeframe: '1s', limit: 5 })).candles;
  await until('the newest bars', async () => (await chart.state()).last.time >= bars.at(-1).time);
  const ms = Math.round(performance.now() - mended);
  t.diagnostic(`whole ${ms} ms after the line's return`);
  assert.ok(held.oldest <= begun, 'it reaches back to before the cut');
  assert.ok(ms <= WHOLE_MS, `whole only after ${ms} ms`);
}

test('a page whose line is cut without a word is whole within five seconds of its return', async (t) => {
  const { serve } = await market(t);
  const server = await serve();
  const wire = await line(t, server.url);
  const page = await open(t, wire.url, { workspace: { timeframe: '1s' }, expected: SERVER_GONE });
  await survives(t, page, server, wire);
});

test('a page whose server is frozen is whole within five seconds of its return', async (t) => {
  const { serve } = await market(t);
  const server = await serve();
  const page = await open(t, server.url, { workspace: { timeframe: '1s' }, expected: SERVER_GONE });
  await survives(t, page, server, {
    cut: () => process.kill(server.pid, 'SIGSTOP'),
    mend: () => process.kill(server.pid, 'SIGCONT'),
  });
});
