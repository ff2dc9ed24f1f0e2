/** The page around the chart: themes, zone, phone, picker, keyboard, status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const byId = (page, id) => page.getByTestId(id);

test('the page says that the market is simulated and that it is live', async (t) => {
  const page = await site.open(t);
  await until('a live line', async () => /Coinbase live/.test(await byId(page, 'link').innerText()));
  assert.equal(await byId(page, 'mode').innerText(), 'SIMULATED');
  assert.match(await byId(page, 'rate').innerText(), /^[\d,]+ msg\/s$/);
  assert.match(await byId(page, 'age').innerText(), /^age /);
  assert.match(await byId(page, 'store').innerText(), /^SQLite /);
});

test('book, tape and day are alive', async (t) => {
  const page = await site.open(t);
  for (const id of ['book-summary', 'tape-summary']) {
    const text = () => byId(page, id).textContent();
    await until(`the first ${id}`, async () => /message \d+/.test(await text()));
    const first = await text();
    await until(`another ${id}`, async () => (await text()) !== first);
  }
  await until('a last price', async () => /^[\d,]+\.\d+$/.test(await byId(page, 'last-price').innerText()));
  await until('a change', async () => /^[+−0]/.test(await byId(page, 'day-change').innerText()));
  await until('a title', async () => /^[\d,.]+ BTC-USD · Coinbase \| TradeSuite$/.test(await page.title()));
});

test('both themes reach every part of the page', async (t) => {
  const page = await site.open(t);
  await chartOf(page).drawn();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const chosen = [];
  for (const expected of ['Dark', 'Light', 'Auto']) {
    await byId(page, 'theme').click();
    assert.equal(await byId(page, 'theme').innerText(), expected);
    chosen.push(await ground());
  }
  assert.deepEqual(chosen, ['rgb(10, 13, 18)', 'rgb(233, 237, 242)', 'rgb(10, 13, 18)']);
});

test('the theme also changes what is painted', async (t) => {
  const page = await site.open(t, { workspace: { theme: 'dark' } });
  await chartOf(page).drawn();
  for (const id of ['book', 'tape']) await until(`a painted ${id}`, () => inked(page, id));
  const before = await Promise.all(['book', 'tape'].map((id) => commonInk(page, id)));
  await byId(page, 'theme').click();
  for (const [at, id] of ['book', 'tape'].entries()) {
    await until(`${id} in the other colours`, async () => (await commonInk(page, id)) !== before[at]);
  }
});

test('what was chosen is still chosen after a reload', async (t) => {
  const page = await site.open(t, { workspace: { theme: 'light', zone: 'local' } });
  await until('the zone', async () => (await byId(page, 'zone').innerText()) === 'Local');
  await byId(page, 'zone').click();
  await byId(page, 'theme').click();
  await page.reload();
  await until('the zone', async () => (await byId(page, 'zone').innerText()) === 'UTC');
  await until('the theme', async () => (await byId(page, 'theme').innerText()) === 'Auto');
});

test('the clock tells UTC and the local zone', async (t) => {
  const page = await site.open(t);
  const clock = () => byId(page, 'clock').innerText();
  await until('UTC', async () => / UTC$/.test(await clock()));
  const utc = Number((await clock()).slice(0, 2));
  await byId(page, 'zone').click();
  await until('the local zone', async () => /^\d\d:\d\d:\d\d$/.test(await clock()));
  const behind = (utc - Number((await clock()).slice(0, 2)) + 24) % 24;
  assert.ok([4, 5].includes(behind), `New York is 4 or 5 hours behind, not ${behind}`);
});

test('another instrument is found and chosen by keys alone', async (t) => {
  const page = await site.open(t);
  await until('a price', async () => /\d/.test(await byId(page, 'last-price').innerText()));
  await byId(page, 'instrument').focus();
  await page.keyboard.press('Enter');
  await byId(page, 'instrument-search').fill('eth');
  const first = byId(page, 'instrument-option').first();
  await until('the found one', async () => /ETH-USD/.test(await first.innerText().catch(() => '')));
  await page.keyboard.press('Enter');
  await until('ETH-USD', async () => /ETH-USD/.test(await byId(page, 'instrument').innerText()));
  await until('its title', async () => /^[\d,.]+ ETH-USD · /.test(await page.title()));
  await chartOf(page).drawn('coinbase:ETH-USD');
  await until('its book', async () => /message \d+/.test(await byId(page, 'book-summary').textContent()));
});

test('the picker closes by Escape and tells when nothing is found', async (t) => {
  const page = await site.open(t);
  // Before a price stands there the page is not awake yet, and a click goes nowhere.
  await until('a price', async () => /\d/.test(await byId(page, 'last-price').innerText()));
  await byId(page, 'instrument').click();
  await byId(page, 'instrument-search').fill('no such thing');
  await until('the note', async () => (await page.getByText('No instrument fits these words.').count()) === 1);
  await page.keyboard.press('Escape');
  await until('it is closed', async () => (await byId(page, 'instrument-search').count()) === 0);
});

test('a phone shows one panel at a time and nothing wider than itself', async (t) => {
  const page = await site.open(t, { width: 390, height: 844, ratio: 2, touch: true });
  await chartOf(page).drawn();
  for (const [tab, shown] of [['book', 'book'], ['tape', 'tape'], ['chart', 'chart']]) {
    await byId(page, `tab-${tab}`).click();
    await until(`the ${tab}`, () => byId(page, shown).isVisible());
    for (const other of ['chart', 'book', 'tape'].filter((id) => id !== shown)) {
      assert.equal(await byId(page, other).isVisible(), false, `${other} beside ${shown}`);
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} wide`);
  }
  const clipped = await page.evaluate(() =>
    [...document.querySelectorAll('header button')]
      .map((button) => button.getBoundingClientRect())
      .filter((box) => box.width > 0 && box.right > 390.5).length,
  );
  assert.equal(clipped, 0, 'switches lie outside of the screen');
});

/** Whether anything is painted on a canvas. */
function inked(page, id) {
  return commonInk(page, id).then(Boolean);
}

/** The most frequent opaque colour on a canvas, `r,g,b`; empty where there is none. */
function commonInk(page, id) {
  return byId(page, id).evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 255) continue;
      const colour = `${data[at]},${data[at + 1]},${data[at + 2]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  });
}
