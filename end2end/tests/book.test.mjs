/** The order book panel against the socket's own messages: joined rows are the sums of the raw levels at the same number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counts, heard, listen } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const INSTRUMENT = 'coinbase:BTC-USD';
const site = withDemo();

/** What the panel shows, in figures; `null` before it shows anything. */
async function facts(page) {
  const text = await page.getByTestId('book-facts').first().textContent();
  const shown = text && JSON.parse(text);
  return shown && shown.bids.length && shown.asks.length ? shown : null;
}

/** The book after each message of a topic that begins with a snapshot, by number: prices and sizes as counts of 10^-8. */
function books(messages) {
  const found = new Map();
  let sides;
  for (const { seq, kind, data } of messages) {
    if (kind === 'snapshot') sides = { bids: new Map(), asks: new Map() };
    if (!sides) continue;
    for (const side of ['bids', 'asks']) {
      for (const [price, size] of data[side]) {
        if (size === 0) sides[side].delete(counts(price));
        else sides[side].set(counts(price), counts(size));
      }
    }
    found.set(seq, { bids: new Map(sides.bids), asks: new Map(sides.asks) });
  }
  return found;
}

/** Levels joined at `step`: bids down, asks up; best first, with running totals. */
function joined(levels, step, isBid) {
  const groups = new Map();
  for (const [price, size] of levels) {
    const below = (price / step) * step;
    const at = isBid || below === price ? below : below + step;
    groups.set(at, (groups.get(at) ?? 0n) + size);
  }
  let total = 0n;
  const best = [...groups].sort(([a], [b]) => Number(isBid ? b - a : a - b));
  return best.map(([price, size]) => [price, size, (total += size)]);
}

test('the rows are the sums of the raw levels at the same message', async (t) => {
  const page = await site.open(t);
  const { levels } = await until('a book', () => facts(page));
  const topic = `book/${INSTRUMENT}` + (levels === 50 ? '' : `/${levels}@${levels > 200 ? 250 : 100}`);
  await listen(page, [topic]);
  let compared = 0;
  await until('five comparisons', async () => {
    const shown = await facts(page);
    const raw = books(await heard(page)).get(shown.seq);
    if (!raw || shown.levels !== levels) return false;
    for (const side of ['bids', 'asks']) {
      const rows = shown[side].map((row) => row.map(counts));
      const expected = joined(raw[side], counts(shown.step), side === 'bids');
      assert.deepEqual(rows, expected.slice(0, rows.length), `${side} of message ${shown.seq}`);
    }
    compared += 1;
    return compared >= 5;
  });
});
