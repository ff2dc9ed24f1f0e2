/** The watchlist: figures against REST, rows that stay under the pointer, lists kept on the server, keys alone. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ready, symbols, tab } from '../harness/dock.mjs';
import { keepWatchlists, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const MAJORS = ['BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD'].map((symbol) => `coinbase:${symbol}`);
const byId = (page, id) => page.getByTestId(id);

beforeEach(() => keepWatchlists(site.url, { Majors: MAJORS, Small: ['coinbase:LTC-USD', 'kraken:ETH-USD'] }));

const rows = (page) => byId(page, 'watch-row').evaluateAll((all) => all.map((row) => row.dataset.instrument));
const row = (page, id) => page.locator(`[data-testid=watch-row][data-instrument="${id}"]`);
const held = async (name) => (await rest(site.url, `watchlists/${name}`)).instruments;
const shows = (page, wanted) => until(wanted.join(), async () => (await rows(page)).join() === wanted.join());

async function opened(t, options) {
  const page = await site.open(t, options);
  await ready(page, 'trader');
  await shows(page, MAJORS);
  await until('prices', async () => (await byId(page, 'watch-last').allInnerTexts()).every((text) => /\d/.test(text)));
  return page;
}

/** Every figure of a row, as exact as the page has it. */
function figures(page, id) {
  return row(page, id).evaluate((one) => {
    const cell = (name) => one.querySelector(`[data-testid=watch-${name}]`);
    return {
      last: Number(cell('last').dataset.exact),
      volume: Number(cell('volume').dataset.exact),
      change: Number(cell('change').textContent.replace('−', '-')),
      tone: cell('change').dataset.tone,
    };
  });
}

test('a row says what REST says at the same moment', async (t) => {
  const page = await opened(t);
  for (const id of ['coinbase:SOL-USD', 'coinbase:XRP-USD']) {
    await until(`${id} as REST has it`, async () => {
      const [shown, ticker] = await Promise.all([figures(page, id), rest(site.url, 'ticker', { instrument: id })]);
      const isUp = { 1: 'up', '-1': 'down', 0: '' }[Math.sign(ticker.change_24h)];
      return (
        shown.last === ticker.last &&
        shown.volume === ticker.volume_24h &&
        Math.abs(shown.change - ticker.change_24h_percent) < 0.0051 &&
        shown.tone === isUp
      );
    });
  }
  await until('a word for readers', async () =>
    /^4 instruments: over 24 hours \d rose and \d fell\.$/.test(await byId(page, 'watchlist-summary').textContent()),
  );
});

test('a press on a head sorts, the next one turns the order, and the third gives back the own one', async (t) => {
  const page = await opened(t);
  const last = async (id) => (await rest(site.url, 'ticker', { instrument: id })).last;
  await byId(page, 'watch-sort-last').click();
  await shows(page, MAJORS);
  await byId(page, 'watch-sort-last').click();
  await shows(page, MAJORS.toReversed());
  assert.ok((await last(MAJORS[0])) > (await last(MAJORS[3])));
  await byId(page, 'watch-sort-instrument').focus();
  await page.keyboard.press('Enter');
  await shows(page, MAJORS);
  const heads = page.getByRole('columnheader', { name: 'Instrument' });
  assert.equal(await heads.getAttribute('aria-sort'), 'ascending');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await until('the own order', async () => (await heads.getAttribute('aria-sort')) === 'none');
  await shows(page, MAJORS);
});

test('rows stand still while one points at them, and say that another order waits', async (t) => {
  const many = ['BTC', 'ETH', 'SOL', 'XRP'].flatMap((base) => [`coinbase:${base}-USD`, `kraken:${base}-USD`]);
  await keepWatchlists(site.url, { Majors: many });
  const page = await site.open(t);
  await ready(page, 'trader');
  // Wide enough for the column whose order changes most often.
  await page.setViewportSize({ width: 2400, height: 900 });
  await until('eight rows', async () => (await rows(page)).length === 8);
  await until('the spread', () => byId(page, 'watch-sort-spread').isVisible());
  await byId(page, 'watch-sort-spread').focus();
  await page.keyboard.press('Enter');
  const first = await rows(page);
  await until('another order', async () => (await rows(page)).join() !== first.join());
  await byId(page, 'watch-row').nth(3).hover();
  const pointedAt = await rows(page);
  await until('the word that it waits', async () => /order waits/.test(await byId(page, 'watch-waiting').innerText()));
  assert.deepEqual(await rows(page), pointedAt);
  await page.mouse.move(1200, 300);
  await until('the order that waited', async () => (await rows(page)).join() !== pointedAt.join());
  assert.equal(await byId(page, 'watch-waiting').innerText(), '');
});

test('rows are moved, taken out and chosen by keys alone', async (t) => {
  const page = await opened(t);
  await row(page, MAJORS[0]).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await until('its chart', async () => (await symbols(page)).join() === 'ETH-USD');
  assert.equal(await row(page, MAJORS[1]).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Alt+ArrowUp');
  await shows(page, [MAJORS[1], MAJORS[0], MAJORS[2], MAJORS[3]]);
  await until('the keyboard with it', () => row(page, MAJORS[1]).evaluate((one) => one === document.activeElement));
  await page.keyboard.press('End');
  await until('the last row', () => row(page, MAJORS[3]).evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Delete');
  const left = [MAJORS[1], MAJORS[0], MAJORS[2]];
  await shows(page, left);
  await until('the server to hold it', async () => (await held('Majors')).join() === left.join());
  await page.reload();
  await shows(page, left);
});

test('a row is dragged to another place', async (t) => {
  const page = await opened(t);
  const from = await row(page, MAJORS[0]).boundingBox();
  const to = await row(page, MAJORS[2]).boundingBox();
  await page.mouse.move(from.x + 60, from.y + 13);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 10, { steps: 4 });
  await page.mouse.move(to.x + 60, to.y + 24, { steps: 2 });
  await byId(page, 'watch-landing').waitFor();
  await page.mouse.up();
  await shows(page, [MAJORS[1], MAJORS[2], MAJORS[0], MAJORS[3]]);
  assert.equal((await symbols(page)).join(), 'BTC-USD', 'a drag chooses nothing');
});

test('lists are made, filled, named and deleted, and are there in another browser', async (t) => {
  const page = await opened(t);
  const choose = async (item) => {
    await byId(page, 'watch-lists').click();
    await byId(page, item).click();
  };
  await choose('watch-new');
  await byId(page, 'watch-name').fill('Mine');
  await page.keyboard.press('Enter');
  await until('an empty list', async () => /empty/.test(await byId(page, 'watch-empty').innerText().catch(() => '')));
  await byId(page, 'watch-add-first').click();
  await byId(page, 'instrument-search').fill('ltc');
  const first = byId(page, 'instrument-option').first();
  await until('LTC-USD', async () => /LTC-USD/.test(await first.innerText().catch(() => '')));
  await page.keyboard.press('Enter');
  await until('it in the list', async () => (await rows(page)).length === 1);
  await byId(page, 'instrument-search').fill('coinbase:DOGE-USD, kraken:BTC-USD');
  await page.keyboard.press('Enter');
  await until('three', async () => (await rows(page)).length === 3);
  await choose('watch-rename');
  await byId(page, 'watch-name').fill('Yours');
  await page.keyboard.press('Enter');
  await until('its name', async () => /Yours/.test(await byId(page, 'watch-lists').innerText()));
  await until('the server to hold it', async () => (await rest(site.url, 'watchlists')).watchlists.some(({ name }) => name === 'Yours'));

  const elsewhere = await site.open(t);
  await until('the same elsewhere', async () => (await rows(elsewhere)).length === 3 || (await byId(elsewhere, 'watch-lists').count()) === 1);
  await byId(elsewhere, 'watch-lists').click();
  await elsewhere.getByRole('menuitemradio', { name: 'Yours' }).click();
  await until('its rows', async () => (await rows(elsewhere)).length === 3);

  await choose('watch-delete');
  await byId(page, 'watch-yes').click();
  await shows(page, MAJORS);
  const { watchlists } = await rest(site.url, 'watchlists');
  assert.deepEqual(watchlists.map(({ name }) => name), ['Majors', 'Small']);
});

test('what another window saved is said and not overwritten', async (t) => {
  const page = await opened(t);
  const put = async (instruments) => {
    const body = JSON.stringify({ version: 1, name: 'Majors', instruments });
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    const answer = await fetch(new URL('/api/v1/watchlists/Majors', site.url), { method: 'PUT', headers, body });
    assert.ok(answer.ok, `${answer.status}`);
  };
  await put(['kraken:BTC-USD']);
  await row(page, MAJORS[0]).focus();
  await page.keyboard.press('Delete');
  await until('the word about it', async () => /Nothing was overwritten/.test(await byId(page, 'watch-problem').innerText().catch(() => '')));
  assert.deepEqual(await held('Majors'), ['kraken:BTC-USD']);
  await byId(page, 'watch-theirs').click();
  await shows(page, ['kraken:BTC-USD']);
  await put(['kraken:ETH-USD']);
  await row(page, 'kraken:BTC-USD').focus();
  await page.keyboard.press('Delete');
  await byId(page, 'watch-own').click();
  await until('what this window has', async () => (await held('Majors')).length === 0);
});

test('an instrument that the server does not know is said and can be taken out', async (t) => {
  await keepWatchlists(site.url, { Odd: ['coinbase:BTC-USD', 'coinbase:NOSUCH-USD'] });
  const page = await site.open(t, { expected: [/404/] });
  await until('the word about it', async () => (await row(page, 'coinbase:NOSUCH-USD').getByTestId('watch-unknown').isVisible()));
  await row(page, 'coinbase:NOSUCH-USD').hover();
  await row(page, 'coinbase:NOSUCH-USD').getByTestId('watch-remove').click();
  await shows(page, ['coinbase:BTC-USD']);
});

test('a server without a list is given one of what it has', async (t) => {
  await keepWatchlists(site.url, {});
  const page = await site.open(t);
  await until('the first list', async () => (await rows(page)).includes('kraken:BTC-USD'));
  const [first] = (await rest(site.url, 'watchlists')).watchlists;
  assert.equal(first.name, 'Watchlist');
});

test('on a phone every column has room that fits, and the instrument is whole', async (t) => {
  const page = await site.open(t, { width: 390, height: 844, touch: true });
  await byId(page, 'tab-watchlist').click();
  await shows(page, MAJORS);
  await until('prices', async () => (await byId(page, 'watch-last').allInnerTexts()).every((text) => /\d/.test(text)));
  const cut = await byId(page, 'watch-row').evaluateAll((all) =>
    all.flatMap((one) => [...one.querySelectorAll('[role=rowheader] > span:first-child, [role=gridcell] > span')])
      .filter((cell) => cell.offsetParent && cell.scrollWidth > cell.clientWidth + 1 && cell.clientWidth > 0)
      .map((cell) => cell.textContent),
  );
  assert.deepEqual(cut, []);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  await row(page, MAJORS[2]).tap();
  await tab(page, 'Chart').click();
  await until('its chart', async () => (await symbols(page)).join() === 'SOL-USD');
});
