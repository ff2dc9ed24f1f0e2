/** The page when its server or the exchange is away, and when recordings are played. */
import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { SERVER_GONE } from '../harness/browser.mjs';
import { atEnd } from '../harness/cleanup.mjs';
import { chartOf } from '../harness/chart.mjs';
import { rest } from '../harness/market.mjs';
import { Server, dataFolder, serve } from '../harness/server.mjs';
import { withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const { open } = withBrowser();
const recordings = process.env.TRADESUITE_MARKET_DATA ?? resolve(import.meta.dirname, '../../../shared/market-data');
const feed = resolve(recordings, 'coinbase/exchange-feed-2021-04-17.jsonl.gz');

const exchangeIsFound = await lookup('advanced-trade-ws.coinbase.com').then(
  () => 'left out: this machine has a network',
  () => false,
);

test('without a network the page says that the exchange cannot be reached and names --demo', { skip: exchangeIsFound }, async (t) => {
  const server = await serve('--data', await dataFolder(t));
  atEnd(t, () => server.stop());
  const page = await open(t, server.url);
  const text = () => page.locator('body').innerText();
  await until('the bad news', async () => /Coinbase cannot be reached/.test(await text()));
  await until('that it keeps trying', async () => /next try in \d+ s|keeps? trying/i.test(await text()));
  await until('the way out', async () => /--demo/.test(await text()));
  assert.doesNotMatch(await text(), /SIMULATED/);
  const status = await rest(server.url, 'status');
  assert.equal(status.mode, 'live');
  assert.equal(status.connections[0].state, 'waiting');
});

test('a page recovers when its server comes back', async (t) => {
  const data = await dataFolder(t);
  const first = await serve('--demo', '--data', data);
  atEnd(t, () => first.kill());
  const page = await open(t, first.url, {
    expected: SERVER_GONE,
  });
  const chart = chartOf(page);
  await chart.drawn();
  const before = await chart.state();
  await first.stop();
  const link = () => page.getByTestId('link').innerText();
  await until('the loss', async () => /server cannot be reached/.test(await link()));

  const port = new URL(first.url).port;
  const second = await new Server(['serve', '--demo', '--data', data, '--bind', `127.0.0.1:${port}`]).ready();
  atEnd(t, () => second.stop());
  await until('a live line', async () => /Coinbase live/.test(await link()));
  const note = () => page.getByTestId('book-summary').textContent();
  const seen = await note();
  await until('a moving book', async () => (await note()) !== seen);
  await until('a moving chart', async () => (await chart.state()).last.volume !== before.last.volume);
  assert.equal((await chart.state()).instrument, before.instrument);
});

test('a frozen server is noticed, and heard again', async (t) => {
  const server = await serve('--demo', '--data', await dataFolder(t));
  atEnd(t, () => server.stop());
  const page = await open(t, server.url, { expected: [/WebSocket/] });
  await chartOf(page).drawn();
  const link = () => page.getByTestId('link').innerText();
  await until('a live line', async () => /Coinbase live/.test(await link()));
  const age = () => page.getByTestId('age').innerText();
  process.kill(server.pid, 'SIGSTOP');
  try {
    await until('an age that grows', async () => /[2-9](\.\d)? s/.test(await age()));
    await until('the loss', async () => /server cannot be reached/.test(await link()));
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  await until('a live line again', async () => /Coinbase live/.test(await link()));
});

test('a recording is played into the page', { skip: existsSync(feed) ? false : `left out: ${feed} is not here` }, async (t) => {
  const folder = await dataFolder(t);
  const server = new Server(['replay', feed, '--serve', '--bind', '127.0.0.1:0', '--speed', 'max', '--data', folder]);
  await server.ready();
  atEnd(t, () => server.stop());
  const page = await open(t, server.url, { workspace: { instrument: 'coinbase:SKL-USD' } });
  await until('the badge', async () => (await page.getByTestId('mode').innerText().catch(() => '')) === 'REPLAY');
  await chartOf(page).drawn('coinbase:SKL-USD');
  const book = () => page.getByTestId('book-summary').textContent();
  await until('the book at the end', async () => /Best bid 0\.7902 x 468\b.*best ask 0\.7911 x 450\b/.test(await book()));
  const { bids, asks } = await rest(server.url, 'book', { instrument: 'coinbase:SKL-USD', depth: 1000 });
  assert.deepEqual([bids.length, asks.length], [816, 1000]);
});
