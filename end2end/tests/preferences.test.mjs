/** Preferences: set in a dialog, in force at once, everywhere on the page, in every browser; two windows lose nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const SAVES = /\/fn\/save_document/;

const said = async (page, id) => ((await page.getByTestId(id).count()) > 0 ? page.getByTestId(id).first().innerText() : '');
const held = async () => (await rest(site.url, 'settings').catch(() => ({ settings: {} }))).settings;
const holds = (wanted) =>
  until(`${JSON.stringify(wanted)} on the server`, async () => {
    const settings = await held();
    return Object.entries(wanted).every(([name, value]) => settings[name] === value);
  });

async function dialog(page) {
  await chartOf(page).drawn();
  await page.keyboard.press('Control+Comma');
  const found = page.getByTestId('preferences-dialog');
  await found.waitFor();
  return found;
}

const choose = (form, field, value) => form.getByTestId(`field-${field}`).selectOption(value);
const price = (page) => page.getByTestId('last-price').innerText();

test('what is chosen holds at once, after a reload and in another browser', async (t) => {
  const page = await site.open(t);
  const form = await dialog(page);
  await choose(form, 'zone', 'local');
  await choose(form, 'numbers', 'point');
  const isWritten = async (one) => /^\d{2,3}\.\d{3},\d{2}$/.test(await price(one));
  await until('the price as preferred', () => isWritten(page));
  await until('the tape as preferred', async () => / at \d+,\d+, message/.test(await page.getByTestId('tape-summary').textContent()));
  await until('the title as preferred', async () => /^\d{2,3}\.\d{3},\d{2} /.test(await page.title()));
  await until('the zone', async () => (await page.getByTestId('zone').innerText()) === 'Local');
  await holds({ zone: 'local', numbers: 'point' });
  await page.reload();
  await until('the price after a reload', () => isWritten(page));
  const other = await site.open(t);
  await until('the price elsewhere', () => isWritten(other));
  await until('the zone elsewhere', async () => (await other.getByTestId('zone').innerText()) === 'Local');
});

test('numbers can be grouped by spaces or not at all', async (t) => {
  const page = await site.open(t);
  const form = await dialog(page);
  for (const [style, expected] of [
    ['space', /^\d{2,3}\u202f\d{3}\.\d{2}$/],
    ['plain', /^\d{5,6}\.\d{2}$/],
    ['comma', /^\d{2,3},\d{3}\.\d{2}$/],
  ]) {
    await choose(form, 'numbers', style);
    await until(style, async () => expected.test(await price(page)));
  }
});

/** Opaque pixels of a colour on the chart. */
const painted = (page, rgb) =>
  page.getByTestId('chart').evaluate((canvas, [red, green, blue]) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      count += data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255;
    }
    return count;
  }, rgb);

test('the colours of up and down reach what is painted', async (t) => {
  const page = await site.open(t, { workspace: { theme: 'dark' } });
  const [green, blue, orange] = [[47, 191, 138], [76, 159, 255], [255, 159, 67]];
  const form = await dialog(page);
  await until('green bars', async () => (await painted(page, green)) > 50);
  assert.equal(await painted(page, blue), 0);
  await choose(form, 'colours', 'blue-orange');
  await until('blue bars', async () => (await painted(page, blue)) > 50 && (await painted(page, orange)) > 50);
  assert.equal(await painted(page, green), 0);
});

test('volumes in quote currency are price times size', async (t) => {
  const page = await site.open(t);
  const chart = chartOf(page);
  const form = await dialog(page);
  await choose(form, 'sizes', 'quote');
  await page.keyboard.press('Escape');
  const { plot } = await chart.state();
  await chart.point(plot.width / 2, plot.height / 3);
  const volume = page.getByTestId('legend-volume').first();
  // What the venue does not say of a bar of its own is estimated, and says so.
  await until('a volume in quote currency', async () => {
    const { hover } = await chart.state();
    const [, figure, unit] = /^≈?([\d.]+)([kMB]?)$/.exec(await volume.innerText()) ?? [];
    const paid = Number(figure) * { '': 1, k: 1e3, M: 1e6, B: 1e9 }[unit ?? ''];
    return hover && paid > 0 && paid >= hover.low * hover.volume * 0.999 && paid <= hover.high * hover.volume * 1.001;
  });
  assert.match(await page.getByTestId('day-volume').innerText(), /^≈[\d.]+[kMB] USD$/);
  await until('the flow in quote currency', async () => / USD \(CVD\)/.test(await page.getByTestId('tape-flow').getAttribute('title')));
});

test('of two windows that save at once neither loses a choice, and it is said', async (t) => {
  const [mine, theirs] = [await site.open(t), await site.open(t)];
  const [here, there] = [await dialog(mine), await dialog(theirs)];
  await choose(there, 'zone', 'local');
  await holds({ zone: 'local' });
  await choose(here, 'theme', 'dark');
  await holds({ zone: 'local', theme: 'dark' });
  await until('a word about it', async () => /Another window.*Time zone/.test(await said(mine, 'preferences-said')));
  assert.equal(await mine.getByTestId('zone').innerText(), 'Local');
  assert.equal(await mine.getByTestId('theme').innerText(), 'Dark');
});

test('what could not be saved is said, survives a reload and is saved as soon as it can be', async (t) => {
  const page = await site.open(t, { expected: [/ERR_FAILED/] });
  await page.route(SAVES, (route) => route.abort());
  const form = await dialog(page);
  await choose(form, 'numbers', 'plain');
  const isSaid = async () => /kept in this browser only/.test(await said(page, 'preferences-notice'));
  await until('the word about it', isSaid);
  await page.reload();
  await until('it after a reload', async () => /^\d{5,6}\.\d{2}$/.test(await price(page)));
  assert.equal((await held()).numbers, undefined);
  await page.unroute(SAVES);
  await holds({ numbers: 'plain' });
  await until('no word any more', async () => !(await isSaid()));
});

test('what an older page kept counts where the server has nothing, and yields to it in silence', async (t) => {
  await site.open(t, { workspace: { theme: 'dark' } });
  await holds({ theme: 'dark' });
  const page = await site.open(t, { workspace: { theme: 'light', zone: 'local' } });
  await until("the server's theme", async () => (await page.locator('html').getAttribute('data-theme')) === 'dark');
  await chartOf(page).drawn();
  assert.equal(await page.getByTestId('zone').innerText(), 'UTC');
  assert.equal(await said(page, 'preferences-notice'), '');
  assert.deepEqual(await held(), { theme: 'dark' });
});

test('the dialog holds the keyboard, gives it back and sets everything back', async (t) => {
  const page = await site.open(t);
  await page.getByTestId('theme').focus();
  const form = await dialog(page);
  const focused = () => page.evaluate(() => document.activeElement.dataset.testid);
  assert.equal(await focused(), 'field-theme');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'preferences-done');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'field-theme');
  await choose(form, 'numbers', 'plain');
  await form.getByTestId('field-volume').fill('101');
  await form.getByTestId('field-volume').blur();
  await until('the refusal', async () => /from 0 to 100/.test(await form.innerText()));
  await form.getByTestId('preferences-defaults').click();
  await until('the default', async () => (await form.getByTestId('field-numbers').inputValue()) === 'comma');
  await page.keyboard.press('Escape');
  await until('no dialog', async () => (await form.count()) === 0);
  assert.equal(await focused(), 'theme');
});

test('on a phone the dialog fits', async (t) => {
  const page = await site.open(t, { width: 390, height: 700, touch: true });
  await chartOf(page).drawn();
  await page.getByTestId('open-sheet').click();
  await page.getByTestId('sheet-preferences').click();
  await page.getByTestId('preferences-dialog').waitFor();
  const box = await page.getByTestId('preferences-dialog').boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 700, JSON.stringify(box));
  await page.getByTestId('preferences-done').click();
});

const bar = (page) =>
  page.getByRole('group', { name: 'Timeframe' }).first().locator('button[aria-pressed]').allInnerTexts();
const barIs = (page, ...wanted) => until(`the bar ${wanted}`, async () => (await bar(page)).join() === wanted.join());

test('a star makes a timeframe a favourite, six at most', async (t) => {
  const page = await site.open(t);
  const chart = chartOf(page);
  await chart.drawn();
  await barIs(page, '1m', '5m', '15m', '1h', '4h', '1d');
  await page.getByTestId('timeframe-all').first().click();
  assert.equal(await page.getByRole('menuitemradio').count(), 17);
  // Six are enough: nothing happens.
  await page.getByTestId('favourite-3m').click({ force: true });
  await page.getByTestId('favourite-5m').click();
  await barIs(page, '1m', '15m', '1h', '4h', '1d');
  await page.getByTestId('favourite-3m').click();
  await barIs(page, '1m', '3m', '15m', '1h', '4h', '1d');
  assert.equal(await page.getByTestId('favourite-1w').getAttribute('aria-disabled'), 'true');
  await page.getByTestId('timeframe-all-30m').click();
  await chart.drawn(undefined, '30m');
  assert.equal(await page.getByTestId('timeframe-all').first().innerText(), '30m');
  await until('them on the server', async () => JSON.stringify((await held()).favourites ?? []).includes('3m'));
  await page.reload();
  await barIs(page, '1m', '3m', '15m', '1h', '4h', '1d');
});

test('favourites are rows of the dialog', async (t) => {
  const page = await site.open(t);
  const form = await dialog(page);
  assert.ok(await form.getByTestId('field-favourites-add').isDisabled());
  for (const _ of [1, 2, 3, 4]) await form.getByTestId('field-favourites-0-remove').click();
  await barIs(page, '4h', '1d');
  await form.getByTestId('field-favourites-add').click();
  await form.getByTestId('field-favourites-2-timeframe').selectOption('1w');
  await barIs(page, '4h', '1d', '1w');
});

function blockSound() {
  let isAllowed = false;
  addEventListener('pointerdown', () => (isAllowed = true), true);
  const { get } = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state');
  Object.defineProperty(BaseAudioContext.prototype, 'state', {
    get() {
      return isAllowed ? get.call(this) : 'suspended';
    },
  });
}

test('that the browser blocks sound is said below the panels, and a click allows it', async (t) => {
  const answer = await fetch(new URL('/api/v1/settings', site.url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-none-match': '*' },
    body: JSON.stringify({ version: 1, settings: { sounds: true } }),
  });
  assert.ok(answer.ok, await answer.text());
  // Driving a page counts as a click in it, so that nothing is blocked: what a browser does before a person's
  // first click has to be played.
  const page = await site.open(t, { before: (one) => one.addInitScript(blockSound) });
  const notice = page.getByTestId('sound-blocked');
  await notice.waitFor();
  const [at, tape] = [await notice.boundingBox(), await page.getByTestId('tape').first().boundingBox()];
  assert.ok(at.y >= tape.y + tape.height, 'it covers the tape');
  await page.getByTestId('allow-sound').click();
  await until('nothing to say', async () => (await notice.count()) === 0);
});
