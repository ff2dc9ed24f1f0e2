/** What the page says at one moment: one last price in every frame, an address that names what is shown, no bar that is wrong at first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const byId = (page, id) => page.getByTestId(id);
const FRAMES_MS = 20_000;
const FIRST_LOOK_MS = 15_000;

test('every frame has one last price', async (t) => {
  const page = await site.open(t);
  await chartOf(page).drawn();
  await until('a price', async () => /\d/.test(await byId(page, 'last-price').innerText()));
  await until('a book', async () => /last \d/.test(await byId(page, 'book-summary').textContent()));
  const frames = await page.evaluate(sampleFrames, FRAMES_MS);
  const said = frames.filter((frame) => Object.values(frame).every((price) => Number.isFinite(price)));
  const different = new Set(said.map((frame) => frame.header));
  assert.ok(different.size > 5, `only ${different.size} prices in ${said.length} frames`);
  const torn = said.filter((frame) => Object.values(frame).some((price) => price !== frame.header));
  assert.deepEqual(torn, [], `${torn.length} of ${said.length} frames disagree`);
});

/** Runs in the page: what every place says of the last price, frame by frame. */
function sampleFrames(length) {
  const text = (id) => document.querySelector(`[data-testid=${id}]`).textContent;
  const number = (found) => Number(found?.replaceAll(',', '') ?? Number.NaN);
  const frames = [];
  const end = performance.now() + length;
  return new Promise((done) => {
    const look = () => {
      frames.push({
        header: number(text('last-price')),
        title: number(/^[\d,.]+/.exec(document.title)?.[0]),
        chart: number(text('legend-close')),
        tape: number(/(?:buy|sell) \S+ at (\S+),/.exec(text('tape-summary'))?.[1]),
        book: number(/last (\S+),/.exec(text('book-summary'))?.[1]),
      });
      if (performance.now() > end) done(frames);
      else requestAnimationFrame(() => painted.port2.postMessage(null));
    };
    // After every callback of the frame: between two of them the one has painted and the other not yet.
    const painted = new MessageChannel();
    painted.port1.onmessage = look;
    look();
  });
}

test('the address opens what it names and names what is chosen', async (t) => {
  const page = await site.open(t, { path: '/?instrument=coinbase:ETH-USD&timeframe=5m' });
  await chartOf(page).drawn('coinbase:ETH-USD', '5m');
  assert.match(await byId(page, 'instrument').innerText(), /ETH-USD\s+Coinbase/);
  await page.getByRole('button', { name: '15m', exact: true }).click();
  await chartOf(page).drawn('coinbase:ETH-USD', '15m');
  const query = () => new URL(page.url()).searchParams;
  await until('the address', () => query().get('timeframe') === '15m' && query().get('instrument') === 'coinbase:ETH-USD');
  await page.reload();
  await chartOf(page).drawn('coinbase:ETH-USD', '15m');
});

test('an address that names nothing is said and does no harm', async (t) => {
  const page = await site.open(t, { path: '/?instrument=bitcoin&timeframe=7m' });
  await chartOf(page).drawn('coinbase:BTC-USD', '1m');
  const note = byId(page, 'misnamed');
  assert.match(await note.innerText(), /“bitcoin”.*“7m”/s);
  await note.getByRole('button').click();
  await until('it is closed', async () => (await note.count()) === 0);
});

test('the picker begins at the instrument looked at', async (t) => {
  const page = await site.open(t, { path: '/?instrument=coinbase:ETH-USD' });
  await chartOf(page).drawn('coinbase:ETH-USD');
  await byId(page, 'instrument').click();
  const selected = page.locator('[data-testid=instrument-option][aria-selected=true]');
  await until('the row', async () => /ETH-USD/.test(await selected.innerText().catch(() => '')));
  await byId(page, 'instrument-search').fill('dollar bitcoin');
  await until('the found one', async () => /BTC-USD/.test(await selected.innerText().catch(() => '')));
});

test('a page from before an update says so', async (t) => {
  const page = await site.open(t, { before: (one) => one.route('**/fn/build*', (route) => route.fulfill({ json: 'another' })) });
  await until('the note', async () => (await byId(page, 'updated').count()) === 1);
  assert.match(await byId(page, 'updated').innerText(), /The server was updated/);
});

test('an unknown address has a page with a way home', async (t) => {
  const page = await site.open(t, { path: '/no/such/page', expected: [/404/] });
  assert.match(await page.locator('h1').innerText(), /There is no such page/);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, 'rgb(10, 13, 18)', 'in the looks of the others');
  await page.getByRole('link', { name: 'the first page' }).click();
  await chartOf(page).drawn();
});

for (const timeframe of ['1m', '1h', '1d']) {
  test(`at the first look a forming bar of ${timeframe} is right or not there`, async (t) => {
    // Each on an instrument that nobody has looked at before.
    const instrument = { '1m': 'coinbase:SOL-USD', '1h': 'coinbase:DOGE-USD', '1d': 'coinbase:LTC-USD' }[timeframe];
    const page = await site.open(t, { path: `/?instrument=${instrument}&timeframe=${timeframe}` });
    const chart = chartOf(page);
    await chart.drawn(instrument, timeframe);
    const seen = [];
    const end = performance.now() + FIRST_LOOK_MS;
    while (performance.now() < end) {
      seen.push((await chart.state()).last);
      await chart.painted();
    }
    const last = seen.at(-1).time;
    const bars = seen.filter((bar) => bar.time === last);
    assert.ok(bars.length > 0);
    for (const [before, after] of bars.slice(1).map((bar, at) => [bars[at], bar])) {
      assert.equal(after.open, before.open, 'a bar opens once');
      assert.ok(after.volume >= before.volume, `volume fell from ${before.volume} to ${after.volume}`);
      // Trades come one by one; what was missing at first would come at once.
      const leapt = timeframe !== '1m' && after.volume > before.volume * 2;
      assert.ok(!leapt, `volume leapt from ${before.volume} to ${after.volume}`);
    }
  });
}
