/** The chart's tools: indicators against values computed here, kinds, scales, panes, lines, what is typed and saved. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { putDrawings, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';

const site = withDemo();
const INSTRUMENT = 'coinbase:BTC-USD';

async function opened(t, options) {
  const page = await site.open(t, options);
  const chart = chartOf(page);
  const state = await chart.drawn(INSTRUMENT, '1m');
  return { page, chart, state, box: await chart.box() };
}

async function add(page, ...names) {
  await page.getByTestId('indicators').click();
  for (const name of names) await page.getByTestId(`add-${name}`).click();
  await page.keyboard.press('Escape');
}

test('an average at the crosshair is the mean of the closes that REST gives', async (t) => {
  const { page, chart, state } = await opened(t, { workspace: { timeframe: '1m' } });
  await add(page, 'sma');
  await chart.point(state.plot.width / 2, state.plot.height / 2);
  const { hover, indicators } = await chart.when('a value', (now) => now.hover && now.indicators[0]?.values.value);
  const { candles } = await rest(site.url, 'candles', {
    instrument: INSTRUMENT,
    timeframe: '1m',
    start: hover.time - 19 * 60_000,
    end: hover.time + 60_000,
    limit: 20,
  });
  assert.equal(candles.length, 20);
  assert.equal(candles.at(-1).time, hover.time);
  const mean = candles.reduce((sum, { close }) => sum + close, 0) / 20;
  assert.ok(Math.abs(indicators[0].values.value - mean) < 1e-6 * mean, `${indicators[0].values.value}, not ${mean}`);
  const shown = await page.getByTestId('indicator-1-value').textContent();
  assert.ok(Math.abs(Number(shown.replaceAll(',', '')) - mean) <= 0.005001, shown);
});

test('indicators are added by search, set, hidden, removed, and are there after a reload', async (t) => {
  const { page, chart } = await opened(t, { workspace: { timeframe: '1m' } });
  await page.getByTestId('indicators').click();
  await page.getByTestId('indicator-search').fill('strength');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await add(page, 'ema', 'macd');
  const three = await chart.when('three', ({ indicators }) => indicators.length === 3);
  assert.deepEqual(three.indicators.map(({ pane }) => pane), [1, 0, 2]);
  assert.equal(three.panes.length, 3);
  await page.getByTestId('indicator-2-settings').focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('field-period').fill('50');
  await chart.when('another period', ({ indicators }) => indicators[1].title === 'EMA 50');
  await page.getByTestId('field-period').fill('0');
  await page.getByText('has to be a whole number').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('indicator-1-hide').focus();
  await page.keyboard.press('Enter');
  await chart.when('a hidden pane', ({ panes }) => panes.length === 2);
  await page.getByTestId('indicator-3-remove').focus();
  await page.keyboard.press('Enter');
  await chart.when('one less', ({ indicators }) => indicators.length === 2);
  await page.reload();
  const again = await chart.when('the same', ({ indicators }) => indicators.length === 2);
  assert.deepEqual(again.indicators.map(({ title, hidden }) => [title, hidden]), [['RSI 14', true], ['EMA 50', false]]);
});

test('panes are resized by their divider and keep their height', async (t) => {
  const { page, chart, box } = await opened(t, { workspace: { timeframe: '1m' } });
  await add(page, 'rsi', 'macd');
  const before = await chart.when('panes', ({ panes }) => panes.length === 3);
  const at = box.y + before.panes[1][0] - 0.5;
  await page.mouse.move(box.x + 200, at);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, at - 60, { steps: 5 });
  await page.mouse.up();
  const near = ({ panes }) => panes.length === 3 && Math.abs(panes[1][1] - before.panes[1][1] - 60) < 2;
  const after = await chart.when('a higher pane', near);
  assert.ok(Math.abs(after.panes[2][1] - before.panes[2][1]) < 2, 'the other pane changed');
  await page.reload();
  await chart.when('the same height', near);
  // By keyboard as well: each edge can be reached.
  await page.getByTestId('pane-edge-2').focus();
  for (let press = 0; press < 5; press += 1) await page.keyboard.press('ArrowUp');
  const higher = await chart.when('a higher lower pane', ({ panes }) => Math.abs(panes[2][1] - after.panes[2][1] - 40) < 3);
  assert.ok(Math.abs(higher.panes[0][1] - after.panes[0][1]) < 3, 'the price pane changed');
});

test('the price axis is stretched by hand and fits again', async (t) => {
  const { page, chart, state, box } = await opened(t, { workspace: { timeframe: '1m' } });
  const x = box.x + state.plot.width + 20;
  await page.mouse.move(x, box.y + 100);
  // The range of the first frames may be that of the live bars alone.
  const fitted = await chart.when('its history', ({ bars }) => bars >= 500);
  await page.mouse.down();
  await page.mouse.move(x, box.y + 220, { steps: 5 });
  await page.mouse.up();
  const span = ([low, high]) => high - low;
  const isStretched = ({ auto, range }) => !auto && span(range) > span(fitted.range) * 1.15;
  const stretched = await chart.when('a wider range, set by hand', isStretched);
  await page.mouse.move(box.x + 300, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 260, { steps: 5 });
  await page.mouse.up();
  await chart.when('other prices', ({ range }) => range[0] > stretched.range[0]);
  await page.mouse.dblclick(x, box.y + 100);
  await chart.when('a range that fits', ({ auto }) => auto);
});

test('every kind and scale is drawn and kept', async (t) => {
  const { page, chart } = await opened(t, { workspace: { timeframe: '1m' } });
  for (const kind of ['hollow-candles', 'bars', 'line', 'area', 'heikin-ashi']) {
    await page.getByTestId('chart-kind').selectOption(kind);
    await chart.when(kind, (now) => now.kind === kind);
  }
  await page.getByTestId('chart-scale').selectOption('percent');
  const percent = await chart.when('percent', ({ scale }) => scale === 'percent');
  assert.ok(percent.priceLabels.every(({ text }) => text.endsWith(' %')));
  await page.getByTestId('chart-scale').selectOption('log');
  await chart.when('a logarithm', ({ scale }) => scale === 'log');
  await page.reload();
  await chart.when('both again', ({ kind, scale }) => kind === 'heikin-ashi' && scale === 'log');
});

test('a timeframe, an instrument and a date are typed over the chart', async (t) => {
  const { page, chart, state } = await opened(t, { workspace: { timeframe: '1m' } });
  await chart.canvas.focus();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await chart.drawn(INSTRUMENT, '5m');
  await page.keyboard.type('eth');
  await page.keyboard.press('Enter');
  const other = await chart.when('another instrument', ({ instrument }) => instrument.includes(':ETH'));
  assert.equal(other.timeframe, '5m');
  const day = new Date(state.last.time - 3 * 86_400_000).toISOString().slice(0, 10);
  await page.keyboard.type(`${day} 12:00`);
  await page.keyboard.press('Enter');
  const noon = Date.parse(`${day}T12:00:00Z`);
  await chart.when('that day', ({ from, to }) => from < noon && noon < to);
});

test('lines are drawn, moved, kept and taken away; levels are those of the day before', async (t) => {
  await putDrawings(site.url, INSTRUMENT, []);
  const { page, chart, state } = await opened(t, { workspace: { timeframe: '1m' } });
  await chart.canvas.focus();
  await chart.point(300, 200);
  await page.keyboard.press('Alt+h');
  const [drawn] = (await chart.when('a line', ({ lines }) => lines.length === 1)).lines;
  await page.getByTestId('chart-more').click();
  await page.getByTestId('chart-levels').click();
  await page.keyboard.press('Escape');
  const { levels } = await chart.when('levels', (now) => now.levels.length > 0);
  const today = Math.floor(state.last.time / 86_400_000) * 86_400_000;
  const { candles } = await rest(site.url, 'candles', {
    instrument: INSTRUMENT,
    timeframe: '1d',
    start: today - 86_400_000,
    end: today,
    limit: 1,
  });
  const named = Object.fromEntries(levels);
  assert.deepEqual([named.PDH, named.PDL, named.PDC].map(Number), [candles[0].high, candles[0].low, candles[0].close]);
  await page.reload();
  const again = await chart.when('the same line', ({ lines }) => lines.length === 1);
  assert.equal(again.lines[0], drawn);
  // Before the history there may be no prices to draw at: nothing that is kept is taken away.
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(/\/fn\/candles\?/, async (route) => {
    await released;
    await route.continue();
  });
  await page.reload();
  await page.getByText('Loading bars…').waitFor();
  await chart.canvas.focus();
  await chart.point(300, 150);
  await page.keyboard.press('Alt+h');
  release();
  const kept = await chart.when('the kept line', ({ lines }) => lines.length > 0);
  assert.ok(kept.lines.includes(drawn), `${kept.lines}`);
});

test('the bars in view are saved with their indicators, and the chart as a picture', async (t) => {
  const { page, chart } = await opened(t, { workspace: { timeframe: '1m' } });
  await add(page, 'ema');
  await chart.when('a value', ({ indicators }) => indicators[0]?.values.value);
  const save = async (testid) => {
    await page.getByTestId('chart-more').click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId(testid).click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const table = await save('chart-save-csv');
  const [head, ...lines] = table.bytes.toString().trim().split('\r\n');
  assert.match(table.name, /^BTC-USD 1m .*\.csv$/);
  assert.equal(head, 'time,open,high,low,close,volume,buy_volume,"EMA 20 EMA"');
  assert.ok(lines.length > 50 && lines.every((line) => line.split(',').length === 8));
  const picture = await save('chart-save-png');
  assert.match(picture.name, /\.png$/);
  assert.equal(picture.bytes.subarray(1, 4).toString(), 'PNG');
});
