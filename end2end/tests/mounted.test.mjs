/** A panel behind another tab: found again as it was left, and not painted meanwhile. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds, ready, tab } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const text = (page, testid) => page.getByTestId(testid).textContent();

test('a panel behind another tab is found as it was left', async (t) => {
  const page = await site.open(t);
  await until('the panels', async () => (await kinds(page)).includes('chart'));
  await ready(page, 'minimal');
  await tab(page, 'Tape').click();
  await until('a tape', async () => /[1-9]\d+ trades since/.test(await text(page, 'tape-summary')));
  await page.getByTestId('tape').hover();
  await page.mouse.wheel(0, 200);
  const facts = async () => JSON.parse((await text(page, 'tape-facts')) || 'null');
  const before = await until('rows scrolled back', async () => {
    const now = await facts();
    return now && !now.following && now.waiting > 5 && now;
  });
  await page.evaluate(() => (document.querySelector('[data-kind=tape]').dataset.mark = 'the same'));
  await tab(page, 'Book').click();
  await until('the book', async () => (await kinds(page)).join() === 'book,chart');
  const written = await text(page, 'tape-summary');
  await until('a live book', async () => /message \d+/.test(await text(page, 'book-summary')));
  const message = await text(page, 'book-summary');
  await until('the book to go on', async () => (await text(page, 'book-summary')) !== message);
  assert.equal(await text(page, 'tape-summary'), written, 'what nobody sees is not painted');
  await tab(page, 'Tape').click();
  assert.deepEqual(await kinds(page), ['chart', 'tape']);
  assert.equal(await page.locator('[data-kind=tape]').getAttribute('data-mark'), 'the same', 'it was not made anew');
  await until('the newest trades', async () => (await text(page, 'tape-summary')) !== written, 1_000);
  const rows = ({ seen }) => seen.map((row) => row.first).slice(0, 4);
  const after = await facts();
  assert.deepEqual(rows(after), rows(before), 'it is where it was scrolled to');
  assert.ok(after.waiting > before.waiting, 'what came meanwhile waits above');
});
