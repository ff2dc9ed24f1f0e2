/** The palette and the help: everything is found by a word and done by a key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { kinds, ready, shows, symbols, tab } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const byId = (page, id) => page.getByTestId(id);
const options = (page) => byId(page, 'palette-option').evaluateAll((all) => all.map((one) => one.dataset.entry));
const isOpen = async (page, id) => (await byId(page, id).count()) === 1;

async function opened(t, pageOptions) {
  const page = await site.open(t, pageOptions);
  await chartOf(page).drawn();
  return page;
}

/** Opens the palette, types, waits until an entry is the first, and takes it. */
async function take(page, words, entry) {
  await page.keyboard.press('Control+k');
  await byId(page, 'palette-search').waitFor();
  await page.keyboard.type(words);
  await until(`${entry} first for ${words}`, async () => (await options(page))[0] === entry);
  await page.keyboard.press('Enter');
  await until('the palette is closed', async () => !(await isOpen(page, 'palette')));
}

test('an instrument, a timeframe, a panel and a workspace are found and taken by keys alone', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await take(page, 'ethereum', 'instrument/coinbase:ETH-USD');
  await until('ETH', async () => (await symbols(page)).join() === 'ETH-USD');
  await take(page, '60', 'timeframe/1h');
  await until('hours', async () => (await byId(page, 'timeframe-1h').getAttribute('aria-pressed')) === 'true');
  await take(page, 'open status', 'open/status');
  await shows(page, 'book', 'chart', 'status');
  await until('the status attended to', () => tab(page, 'Status').evaluate((one) => one === document.activeElement));
  await take(page, 'go to chart', 'panel/1');
  await until('the chart attended to', () => tab(page, 'Chart').evaluate((one) => one === document.activeElement));
  await take(page, 'order fl', 'workspace/Order flow');
  await until('another workspace', async () => (await byId(page, 'workspace-order-flow').getAttribute('aria-pressed')) === 'true');
});

test('a date to go to is asked for in the chart', async (t) => {
  const page = await opened(t);
  await chartOf(page).drawn();
  await take(page, 'go to a date', 'command/go-to-date');
  const box = byId(page, 'go-to-time');
  await until('the box with the keyboard', () => box.evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Escape');
  await until('no box', async () => (await box.count()) === 0);
});

test('keys of the dock are found by their words, and what was taken last stands first', async (t) => {
  const page = await opened(t);
  await ready(page, 'trader');
  const before = await kinds(page);
  await tab(page, 'Tape').click();
  await take(page, 'close panel', 'dock/Alt W');
  await until('one panel fewer', async () => (await kinds(page)).length === before.length - 1);
  await take(page, 'undo', 'dock/Alt Z');
  await until('it is back', async () => (await kinds(page)).join() === before.join());
  await take(page, 'theme dark', 'theme/dark');
  await until('dark', async () => (await page.locator('html').getAttribute('data-theme')) === 'dark');
  await page.keyboard.press('Control+k');
  const recent = ['theme/dark', 'dock/Alt Z', 'dock/Alt W'];
  await until('the recent ones', async () => (await options(page)).slice(0, 3).join() === recent.join());
  await page.reload();
  await chartOf(page).drawn();
  await page.keyboard.press('Control+k');
  await until('they are kept', async () => (await options(page)).slice(0, 3).join() === recent.join());
});

test('Escape gives the keyboard back to what had it, and the list says what is chosen', async (t) => {
  const page = await opened(t);
  const chart = byId(page, 'chart').first();
  await chart.focus();
  await page.keyboard.press('Control+k');
  const field = byId(page, 'palette-search');
  await until('the field', () => field.evaluate((one) => one === document.activeElement));
  await page.keyboard.press('ArrowDown');
  await until('the second', async () => (await field.getAttribute('aria-activedescendant')) === 'palette-1');
  assert.equal(await page.locator('#palette-1').getAttribute('aria-selected'), 'true');
  // There is nowhere else to go while it is open.
  await page.keyboard.press('Tab');
  assert.equal(await field.evaluate((one) => one === document.activeElement), true);
  await field.fill('qqqqqq');
  await until('that nothing fits', async () => /Nothing fits/.test(await byId(page, 'palette-note').innerText()));
  await page.keyboard.press('Escape');
  await until('the chart again', () => chart.evaluate((one) => one === document.activeElement));
});

test('the help lists every key, is searched, and opens by its keys but not while one types', async (t) => {
  const page = await opened(t);
  await page.keyboard.press('F1');
  await byId(page, 'help').waitFor();
  const titles = await byId(page, 'help-group').locator('h3').allInnerTexts();
  assert.deepEqual(titles, ['Everywhere', 'Panels', 'Chart', 'Ladder', 'Tape', 'Watchlist', 'Lists and menus']);
  await byId(page, 'help-search').fill('maximise alt');
  await until('one line', async () => (await byId(page, 'help-line').count()) === 1);
  assert.match(await byId(page, 'help-line').innerText(), /Maximise or restore[\s\S]*Alt Enter/);
  await page.keyboard.press('Shift+Tab');
  const inside = () => page.evaluate(() => document.querySelector('[data-testid=help]').contains(document.activeElement));
  for (let at = 0; at < 4; at += 1) {
    assert.equal(await inside(), true, 'the keyboard left the dialog');
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Escape');
  await until('it is closed', async () => !(await isOpen(page, 'help')));
  await page.keyboard.press('?');
  await byId(page, 'help').waitFor();
  await byId(page, 'help-close').click();
  await byId(page, 'instrument').click();
  await byId(page, 'instrument-search').press('?');
  assert.equal(await byId(page, 'instrument-search').inputValue(), '?');
  assert.equal(await isOpen(page, 'help'), false);
  await page.keyboard.press('Escape');
});

test("a phone's menu reaches panels, links, workspaces, palette and help", async (t) => {
  const page = await opened(t, { width: 390, height: 844, ratio: 2, touch: true });
  const sheet = async () => {
    await byId(page, 'open-sheet').tap();
    await byId(page, 'sheet').waitFor();
  };
  await sheet();
  const small = await byId(page, 'sheet').locator('button').evaluateAll((all) =>
    all
      .map((button) => [button.innerText || button.ariaLabel, button.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 40 || height < 40)
      .map(([name]) => name),
  );
  assert.deepEqual(small, [], 'too small for a finger');
  await byId(page, 'sheet-add-status').tap();
  await until('a tab of its own', async () => (await byId(page, 'tab-status').getAttribute('aria-selected')) === 'true');
  await sheet();
  await byId(page, 'sheet-close-panel').tap();
  await until('it is gone', async () => (await byId(page, 'tab-status').count()) === 0);
  await byId(page, 'tab-chart').tap();
  await sheet();
  await byId(page, 'sheet-link-green').tap();
  await until('another link', async () => (await byId(page, 'sheet-link-green').getAttribute('aria-pressed')) === 'true');
  await byId(page, 'sheet-workspace').filter({ hasText: 'Order flow' }).tap();
  await until('its ladder', () => byId(page, 'ladder').isVisible());
  await sheet();
  await byId(page, 'sheet-palette').tap();
  await byId(page, 'palette-search').fill('theme light');
  await byId(page, 'palette-option').first().tap();
  await until('light', async () => (await page.locator('html').getAttribute('data-theme')) === 'light');
  await sheet();
  await byId(page, 'sheet-help').tap();
  await byId(page, 'help').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `the page is ${width} wide`);
});

test('the title of a page in a tab behind keeps the last price', async (t) => {
  const page = await opened(t);
  await until('a price', async () => /^[\d,.]+ BTC-USD/.test(await page.title()));
  // What a tab behind has: it says that it is hidden, and gets no frames.
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
    window.requestAnimationFrame = () => 0;
    document.title = 'old';
  });
  await until('the price again', async () => /^[\d,.]+ BTC-USD/.test(await page.title()));
});
