/** The ladder: rows against the socket's book and REST's trades, an axis that stands still, keys, and saying that it is stale. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booksBySeq, joined, settled, topicOf } from '../harness/book.mjs';
import { ready } from '../harness/dock.mjs';
import { counts, heard, listen, rest } from '../harness/market.mjs';
import { market } from '../harness/simulator.mjs';
import { withBrowser, withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
/** The last price may stand in this share of the rows, around the middle. */
const MIDDLE = 0.6;
const site = withDemo();
const { open } = withBrowser();

/** What the ladder shows, in figures; `null` before it shows anything. */
async function facts(page) {
  const text = await page.getByTestId('ladder-facts').textContent().catch(() => '');
  const shown = text && JSON.parse(text);
  return shown && shown.rows.length > 4 ? shown : null;
}

async function opened(t, url = site.url) {
  const page = await open(t, url);
  await ready(page, 'order-flow');
  await until('a ladder', async () => (await facts(page))?.rows.some(({ bid }) => bid));
  return page;
}

/** Chooses how many ticks a row has; a tick of BTC-USD is a cent. */
async function group(page, ticks) {
  const select = page.getByTestId('ladder-group');
  await until('the steps', async () => (await select.locator(`option[value="${ticks}"]`).count()) === 1);
  await select.selectOption(String(ticks));
  await until('rows of that step', async () => Number((await facts(page))?.step) * 100 === ticks);
}

const prices = ({ rows }) => rows.map(({ price }) => price);
const isInTheMiddle = (row, { rows }) => row !== null && Math.abs((row + 0.5) / rows.length - 0.5) <= MIDDLE / 2;

for (const ticks of [50, 1_000]) {
  test(`rows of ${ticks} ticks are the sums of the raw levels at the same message`, async (t) => {
    const page = await opened(t);
    await group(page, ticks);
    const levels = await settled(() => facts(page), ticks / 100);
    const topic = topicOf(INSTRUMENT, levels);
    await listen(page, [topic]);
    let compared = 0;
    await until('five comparisons', async () => {
      const shown = await facts(page);
      const raw = booksBySeq(await heard(page), topic).get(shown.seq);
      if (!raw || shown.levels !== levels) return false;
      for (const [side, name] of [['bids', 'bid'], ['asks', 'ask']]) {
        const sums = new Map(joined(raw[side], counts(shown.step), side === 'bids'));
        for (const row of shown.rows) {
          const found = row[name] === null ? undefined : counts(row[name]);
          assert.equal(found, sums.get(counts(row.price)), `${name} at ${row.price} of message ${shown.seq}`);
        }
      }
      compared += 1;
      return compared >= 5;
    });
  });
}

test('a row keeps its price while the pointer is inside, and the last price is back in the middle when it leaves', async (t) => {
  const page = await opened(t);
  await page.getByTestId('ladder').hover();
  // Rows of a cent: the price leaves the middle soon.
  await group(page, 1);
  await page.getByTestId('ladder').hover();
  const before = prices(await facts(page));
  const away = await until('the last price out of the middle', async () => {
    const shown = await facts(page);
    assert.deepEqual(prices(shown), before, 'the rows under the pointer');
    return !isInTheMiddle(shown.last_row, shown) && shown;
  });
  assert.equal(away.is_scrolled, false);
  await page.mouse.move(2, 2);
  await until('the last price in the middle', async () => {
    const shown = await facts(page);
    return isInTheMiddle(shown.last_row, shown);
  });
  assert.notDeepEqual(prices(await facts(page)), before);
});

test('it recentres only when the last price leaves the middle', async (t) => {
  const page = await opened(t);
  await group(page, 50);
  await page.mouse.move(2, 2);
  // Every painting of half a minute, as they are written.
  const seen = await page.evaluate(watchFacts, 30_000);
  assert.ok(seen.length > 50, `${seen.length} paintings`);
  let kept = 0;
  for (const [at, now] of seen.slice(1).entries()) {
    const [row, was] = [(shown) => Math.round(Number(shown.rows[0].price) / 0.5), seen[at]];
    if (now.rows.length !== was.rows.length) continue;
    if (row(now) === row(was)) {
      kept += 1;
      continue;
    }
    // The row that stands in the middle now is the one that the last price had then.
    const centre = row(now) - Math.floor(now.rows.length / 2);
    const before = row(was) - centre;
    assert.ok(!isInTheMiddle(before, was), `it moved although the last price was in row ${before} of ${was.rows.length}`);
  }
  assert.ok(kept > seen.length * 0.8, `the rows stood still in ${kept} of ${seen.length} paintings`);
  for (const shown of seen) {
    assert.ok(isInTheMiddle(shown.last_row, shown), `the last price in row ${shown.last_row} of ${shown.rows.length}`);
  }
});

/** Runs in the page: what the ladder said, each time that it said something. */
function watchFacts(length) {
  const node = document.querySelector('[data-testid=ladder-facts]');
  const seen = [];
  const watcher = new MutationObserver(() => seen.push(JSON.parse(node.textContent)));
  watcher.observe(node, { childList: true, characterData: true, subtree: true });
  return new Promise((done) => setTimeout(() => done(seen), length));
}

test('what was traded at each price is the sum of the trades of REST', async (t) => {
  const { serve, control } = await market(t);
  const server = await serve();
  const page = await opened(t, server.url);
  await group(page, 50);
  const last = async (call) => (await control(call)).instruments['BTC-USD'].last_trade_id;
  const arrived = (id) =>
    until('the newest trade on the tape', async () =>
      (await page.getByTestId('tape-summary').textContent()).startsWith(`Newest trade ${id}:`),
    );
  const first = await last('pause');
  await arrived(first);
  await page.getByTestId('ladder-reset').click();
  const sums = ({ rows }) => rows.reduce((sum, { bought, sold }) => sum + counts(bought) + counts(sold), 0n);
  await until('nothing counted', async () => sums(await facts(page)) === 0n);
  await control('resume');
  const traded = ({ rows }) => rows.filter(({ bought, sold }) => counts(bought) + counts(sold) > 0n).length;
  await until('trades at several prices', async () => traded(await facts(page)) > 5);
  const newest = await last('pause');
  await arrived(newest);
  const { trades } = await until('the same trades in the store', async () => {
    const answer = await rest(server.url, 'trades', { instrument: INSTRUMENT, limit: 5_000 });
    return answer.trades.at(-1).id === newest && answer;
  });
  const wanted = trades.filter(({ id }) => id > first);
  assert.equal(wanted.length, newest - first, 'every trade in between');
  const shown = await facts(page);
  const step = counts(shown.step);
  const expected = new Map();
  for (const { price, quantity, side } of wanted) {
    // What was bought stands with the asks, what was sold with the bids.
    const below = (counts(price) / step) * step;
    const at = side === 'sell' || below === counts(price) ? below : below + step;
    const row = expected.get(at) ?? { buy: 0n, sell: 0n };
    row[side] += counts(quantity);
    expected.set(at, row);
  }
  let compared = 0;
  for (const { price, bought, sold } of shown.rows) {
    const { buy, sell } = expected.get(counts(price)) ?? { buy: 0n, sell: 0n };
    assert.deepEqual([counts(bought), counts(sold)], [buy, sell], `at ${price}`);
    compared += buy + sell > 0n ? 1 : 0;
  }
  assert.ok(compared > 3, `${compared} rows were traded at`);
});

test('keys move the axis and bring the last price back', async (t) => {
  const page = await opened(t);
  await group(page, 1_000);
  await page.mouse.move(2, 2);
  await page.getByTestId('ladder').focus();
  const row = (shown) => Math.round(Number(shown.rows[0].price) / 10);
  const top = async () => row(await facts(page));
  const moves = async (key, by) => {
    const from = await top();
    await page.keyboard.press(key);
    await until(`${key} to move the axis by ${by} rows`, async () => (await top()) === from + by);
  };
  await page.keyboard.press('Home');
  const screen = (await facts(page)).rows.length - 2;
  await moves('PageUp', screen);
  assert.equal((await facts(page)).is_scrolled, true);
  await moves('ArrowUp', 1);
  await moves('ArrowDown', -1);
  await moves('PageUp', screen);
  await page.keyboard.press('c');
  await until('the last price', async () => {
    const shown = await facts(page);
    return !shown.is_scrolled && isInTheMiddle(shown.last_row, shown);
  });
});

test('it says that it is stale, shows no size that is not true, and is whole again by a key', async (t) => {
  const { serve, control } = await market(t);
  const server = await serve();
  const page = await opened(t, server.url);
  await control('faults', { cut: '200ms', late_snapshot: '60s' });
  await page.getByTestId('ladder-resync').waitFor();
  assert.match(await page.getByTestId('ladder-note').innerText(), /^Stale: \S/);
  await until('no size', async () => (await facts(page)).rows.every(({ bid, ask }) => bid === null && ask === null));
  assert.match(await page.getByTestId('ladder-summary').textContent(), /Stale: /);
  await control('faults', { cut: null, late_snapshot: null });
  // The note may go by itself meanwhile.
  await page.getByTestId('ladder-resync').press('Enter', { timeout: 5_000 }).catch(() => undefined);
  await until('the sizes', async () => (await facts(page)).rows.some(({ bid }) => bid), 90_000);
  await until('no note', async () => (await page.getByTestId('ladder-note').count()) === 0);
});
