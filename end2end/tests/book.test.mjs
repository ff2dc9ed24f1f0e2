/** The order book panel against the socket's own messages: joined rows are the sums of the raw levels at the same number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { booksBySeq, joined, settled, topicOf } from '../harness/book.mjs';
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

/** Compares five paintings with the socket, on the topic that the panel listens to, and says how deep that is. */
async function compare(page, step) {
  const levels = await settled(() => facts(page), step);
  const topic = topicOf(INSTRUMENT, levels);
  await listen(page, [topic]);
  let compared = 0;
  await until('five comparisons', async () => {
    const shown = await facts(page);
    assert.equal(shown.levels, levels);
    const raw = booksBySeq(await heard(page), topic).get(shown.seq);
    if (!raw) return false;
    for (const side of ['bids', 'asks']) {
      const rows = shown[side].map((row) => row.map(counts));
      const expected = joined(raw[side], counts(shown.step), side === 'bids');
      assert.deepEqual(rows, expected.slice(0, rows.length), `${side} of message ${shown.seq}`);
    }
    compared += 1;
    return compared >= 5;
  });
  return levels;
}

test('the rows are the sums of the raw levels at the same message', async (t) => {
  const page = await site.open(t);
  await until('a book', () => facts(page));
  assert.equal(await compare(page, 0.01), 50);
});

test('rows of a wider step are too, of a deeper book', async (t) => {
  const page = await site.open(t);
  const select = page.getByTestId('book-group');
  await until('the steps', async () => (await select.locator('option[value="10000"]').count()) === 1);
  await select.selectOption('100');
  await compare(page, 1);
  await select.selectOption('10000');
  assert.ok((await compare(page, 100)) > 50, 'fifty levels do not fill rows of 100 USD');
});

test('a tick that the server did not give is asked for again', async (t) => {
  let asked = 0;
  const before = (page) =>
    page.route(/\/fn\/instrument\?/, async (route) => {
      asked += 1;
      await (asked <= 2 ? route.abort() : route.continue());
    });
  const page = await site.open(t, { before, expected: [/ERR_FAILED/] });
  await until('a book', () => facts(page));
  await until('another question', () => asked > 2);
});
