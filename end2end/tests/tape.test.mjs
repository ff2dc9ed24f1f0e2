/** The tape: rows against REST's trades and bars, scrolling back, and back to now. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counts, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const site = withDemo();

/** The tape's figures. */
async function facts(page) {
  const text = await page.getByTestId('tape-facts').textContent();
  return text ? JSON.parse(text) : undefined;
}

async function tapeOf(page) {
  return until('a tape', async () => {
    const shown = await facts(page).catch(() => undefined);
    return shown?.seen.length > 5 && shown;
  });
}

/** The tape's newest and oldest trade, and how many it holds. */
async function held(page) {
  const text = await page.getByTestId('tape-summary').textContent();
  const [, newest, count, oldest] = /^Newest trade (\d+): .*; (\d+) trades since (\d+)$/.exec(text);
  return { newest: Number(newest), count: Number(count), oldest: Number(oldest) };
}

test('rows are the trades of REST, fills of one order merged', async (t) => {
  const page = await site.open(t);
  await tapeOf(page);
  await page.getByTestId('tape').focus();
  for (let at = 0; at < 4; at += 1) await page.keyboard.press('PageDown');
  const { seen, following } = await until('rows scrolled back', async () => {
    const shown = await facts(page);
    return !shown.following && shown.waiting > 20 && shown;
  });
  assert.equal(following, false);
  const [newest, oldest] = [seen[0], seen.at(-1)];
  const { trades } = await until('the same trades in the store', async () => {
    const answer = await rest(site.url, 'trades', {
      instrument: INSTRUMENT,
      start: Math.floor(oldest.time_us / 1000),
      end: Math.floor(newest.time_us / 1000) + 1,
      limit: 5000,
    });
    return answer.trades.some((trade) => trade.id === newest.last) && answer;
  });
  const rows = [];
  for (const trade of trades) {
    const last = rows.at(-1);
    const continues = last && last.time_us === trade.time_us && last.side === trade.side && last.last + 1 === trade.id;
    if (continues) {
      last.last = trade.id;
      last.fills += 1;
      last.quantity += counts(trade.quantity);
    } else {
      const { time_us, side, id } = trade;
      rows.push({ time_us, side, first: id, last: id, fills: 1, quantity: counts(trade.quantity) });
    }
  }
  const expected = rows.filter((row) => row.first >= oldest.first && row.last <= newest.last).reverse();
  const shown = seen.map(({ time_us, side, first, last, fills, quantity }) => ({
    time_us, side, first, last, fills, quantity: counts(quantity),
  }));
  assert.deepEqual(shown, expected);
});

test("a closed bar's volume and buy volume are the sums of the rows", async (t) => {
  const page = await site.open(t);
  const minute = await until('a whole minute', async () => (await facts(page))?.minute, 150_000);
  const { candles } = await rest(site.url, 'candles', {
    instrument: INSTRUMENT, timeframe: '1m', start: minute.time, end: minute.time + 60_000, limit: 1,
  });
  const [bar] = candles;
  assert.equal(bar.closed, true);
  assert.deepEqual(
    [minute.trades, counts(minute.volume), counts(minute.buy_volume)],
    [bar.trades, counts(bar.volume), counts(bar.buy_volume)],
  );
});

test('what one looks at stays while trades come, and Home goes back to now', async (t) => {
  const page = await site.open(t);
  await tapeOf(page);
  await page.getByTestId('tape').hover();
  await page.mouse.wheel(0, 400);
  await until('the pause', () => page.getByTestId('tape-waiting').isVisible());
  const before = await until('rows scrolled back', async () => {
    const shown = await facts(page);
    return !shown.following && shown.waiting > 10 && shown;
  });
  const after = await until('more rows', async () => {
    const shown = await facts(page);
    return shown.waiting > before.waiting + 10 && shown;
  });
  // The lowest rows may have been cut off by the line that says what waits.
  const names = ({ seen }) => seen.map((row) => [row.first, row.last]);
  const stay = names(before).slice(0, -3);
  assert.ok(stay.length > 3, `${stay.length} rows`);
  assert.deepEqual(names(after).slice(0, stay.length), stay);
  assert.match(await page.getByTestId('tape-waiting').innerText(), /^Paused · [\d,]+ newer rows$/);
  await page.getByTestId('tape-to-now').click();
  await until('now', async () => (await facts(page)).following);
  assert.equal(await page.getByTestId('tape-waiting').count(), 0);
});

test('it scrolls back through history without a hole', async (t) => {
  const page = await site.open(t);
  await tapeOf(page);
  const { trades } = await rest(site.url, 'trades', { instrument: INSTRUMENT, start: 0, limit: 1 });
  await page.getByTestId('tape').focus();
  await until('the oldest trade of the store', async () => {
    await page.keyboard.press('End');
    return (await held(page)).oldest === trades[0].id;
  });
  const { newest, oldest, count } = await held(page);
  assert.equal(count, newest - oldest + 1);
});

test('the header says who takes', async (t) => {
  const page = await site.open(t);
  await tapeOf(page);
  for (const [id, form] of [['cvd', /^[+−]?[\d.]+[kM]?$/], ['buys', /^\d+ %$/], ['rate', /^[\d.,]+\/s$/], ['window', /^\d+.* (s|min)$/]]) {
    await until(`the ${id}`, async () => form.test(await page.getByTestId(`tape-${id}`).innerText()));
  }
});
