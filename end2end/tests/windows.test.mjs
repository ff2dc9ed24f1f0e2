/** Panels in windows of their own, and what windows of one browser tell each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, docked, kinds, ready } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

/** A page with the workspace Minimal: a chart, and a book with the tape behind it. */
async function opened(t) {
  const page = await site.open(t);
  await docked(page);
  await ready(page, 'minimal');
  await until('chart and book', async () => (await kinds(page)).join() === 'book,chart');
  return page;
}

const panel = (page, kind) => page.locator(`[data-testid=panel][data-kind=${kind}]`);

/** Puts the panel of a kind into its own window by what `how` does; gives that window. */
async function poppedOut(page, kind, how) {
  const opening = page.waitForEvent('popup');
  await how();
  const popup = await opening;
  await panel(popup, kind).waitFor();
  await until(`no ${kind} among the others`, async () => !(await kinds(page)).includes(kind));
  await page.getByTestId('popped').waitFor();
  return popup;
}

async function byMenu(page, kind) {
  const number = await panel(page, kind).getAttribute('data-panel');
  const header = page.getByTestId('group').filter({ has: page.locator(`#tab-${number}`) });
  await header.getByTestId('panel-menu').click();
  await page.getByTestId('pop-out').click();
}

const symbol = (page) => page.getByTestId('instrument').innerText();

/** Notes every text that windows say from now on. */
async function listening(page) {
  await page.evaluate(() => {
    window.said = [];
    new BroadcastChannel('tradesuite').onmessage = ({ data }) => window.said.push(JSON.parse(data).news);
  });
  return () => page.evaluate(() => window.said);
}

test('a panel goes into a window of its own and comes back to where it stood', async (t) => {
  const page = await opened(t);
  const before = await panel(page, 'book').boundingBox();
  const popup = await poppedOut(page, 'book', () => byMenu(page, 'book'));
  await until('a live book there', async () => /message \d+/.test(await popup.getByTestId('book-summary').textContent()));
  assert.match(await popup.title(), /^Order book · BTC-USD/);
  await popup.getByTestId('put-back').click();
  await until('the window closed', () => popup.isClosed());
  await panel(page, 'book').waitFor();
  assert.deepEqual(await panel(page, 'book').boundingBox(), before);
  assert.equal(await page.getByTestId('popped').count(), 0);

  // By keyboard alone, and back by closing the window.
  await panel(page, 'chart').click({ position: { x: 200, y: 200 } });
  const chart = await poppedOut(page, 'chart', () => page.keyboard.press('Alt+Shift+O'));
  await chart.getByTestId('legend').waitFor();
  await chart.close({ runBeforeUnload: true });
  await panel(page, 'chart').waitFor();
  assert.equal(await page.getByTestId('popped').count(), 0);
});

test('what is changed in a window of its own is kept with the workspace', async (t) => {
  const page = await opened(t);
  const popup = await poppedOut(page, 'book', () => byMenu(page, 'book'));
  await popup.getByTestId('link-menu').click();
  await popup.getByTestId('link-none').click();
  await choose(popup, 'eth', 'ETH-USD');
  assert.match(await symbol(page), /BTC-USD/, 'it is linked no more');
  const kept = async () => {
    const answer = await fetch(new URL('/api/v1/workspaces/Minimal', site.url));
    return answer.ok && /"instrument":"\w+:ETH-USD"/.test(JSON.stringify(await answer.json()));
  };
  await until('the server to keep it', kept);
  // Either window is loaded anew: nothing is lost.
  await popup.reload();
  await until('the same there', async () => (await panel(popup, 'book').count()) === 1 && /ETH-USD/.test(await symbol(popup)));
  await page.reload();
  await until('it is still listed', async () => (await page.getByTestId('show-window').innerText().catch(() => '')) === 'Show');
  assert.deepEqual(await kinds(page), ['chart', 'tape']);
  await page.getByTestId('bring-back').click();
  await panel(page, 'book').waitFor();
  await until('the window closed', () => popup.isClosed());
});

test('a window of its own goes on without the other, and loses nothing', async (t) => {
  const page = await opened(t);
  const popup = await poppedOut(page, 'book', () => byMenu(page, 'book'));
  const context = page.context();
  await page.close();
  await choose(popup, 'eth', 'ETH-USD');
  await popup.getByTestId('link-menu').click();
  await popup.getByTestId('link-green').click();
  const copied = () => popup.evaluate(() => /"link":"green"/.test(JSON.parse(localStorage.getItem('tradesuite.workspace/Minimal')).text));
  await until('the browser to keep it', copied);
  await popup.close();
  const again = await context.newPage();
  await again.goto(site.url);
  const row = again.getByTestId('popped');
  await row.waitFor();
  assert.equal(await row.getByTestId('show-window').innerText(), 'Open again');
  await row.getByTestId('bring-back').click();
  await panel(again, 'book').waitFor();
  await until('its link', async () => (await again.locator('[style*="--link-green"]').count()) > 0);
});

test('a window that the browser does not let be opened is said, and changes nothing', async (t) => {
  const page = await opened(t);
  await page.evaluate(() => (window.open = () => null));
  await byMenu(page, 'book');
  await page.getByTestId('refusal').waitFor();
  assert.match(await page.getByTestId('refusal').innerText(), /did not let a window be opened/);
  assert.deepEqual(await kinds(page), ['book', 'chart']);
});

test('an address that names no panel is answered with a sentence', async (t) => {
  const page = await site.open(t, { path: '/panel' });
  await until('the sentence', async () => /names no panel/.test(await page.getByTestId('no-panel').innerText()));
  await page.goto(new URL('/panel?workspace=Nowhere&panel=1', site.url).href);
  await until('the sentence', async () => /There is no workspace Nowhere/.test(await page.getByTestId('no-panel').innerText()));
});

test('windows of one browser look at one instrument by colour, and nothing goes round', async (t) => {
  const page = await opened(t);
  const other = await page.context().newPage();
  await other.goto(site.url);
  await docked(other);
  const said = await listening(other);
  await choose(page, 'eth', 'ETH-USD');
  await until('the other looks at it', async () => /ETH-USD/.test(await symbol(other)));
  await choose(other, 'btc', 'BTC-USD');
  await until('and back', async () => /BTC-USD/.test(await symbol(page)));
  await page.getByTestId('theme').click();
  const theme = (one) => one.evaluate(() => document.documentElement.dataset.theme);
  await until('the theme there', async () => (await theme(other)) === (await theme(page)));
  await other.getByTestId('zone').click();
  await until('the zone here', async () => (await page.getByTestId('zone').innerText()) === (await other.getByTestId('zone').innerText()));
  // Both windows of it are heard here: each change is said once, by the one in which it was made.
  const texts = await said();
  assert.deepEqual(texts.filter((text) => text === 'linked').length, 2, texts.join());
  assert.deepEqual(texts.filter((text) => text === 'preferred').length, 2, texts.join());
});
