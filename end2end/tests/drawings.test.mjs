/** Drawings: the same in every chart, timeframe, window and browser, and never lost. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { drawingsOf, putDrawings, rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const INSTRUMENT = 'coinbase:BTC-USD';

beforeEach(() => putDrawings(site.url, INSTRUMENT, []));

async function opened(t, options = {}) {
  const page = await site.open(t, { ...options, workspace: { timeframe: '1m', ...options.workspace } });
  const chart = chartOf(page);
  const state = await chart.drawn(INSTRUMENT);
  await chart.canvas.focus();
  return { page, chart, state, box: await chart.box() };
}

/** Waits until the server keeps drawings that satisfy `holds`, and returns them. */
const kept = (what, holds) =>
  until(what, async () => {
    const { drawings } = await drawingsOf(site.url, INSTRUMENT);
    return holds(drawings) ? drawings : null;
  });

/** What the window does when it gets the focus, which headless windows seldom do. */
const focus = (page) => page.evaluate(() => window.dispatchEvent(new Event('focus')));

/** Where a line stands, CSS pixels from the chart's top. */
function rowOf(price, { range, plot }) {
  const [low, high] = range;
  return ((high - price) / (high - low)) * plot.height;
}

test('a line is the same in another timeframe, another browser and after a reload', async (t) => {
  const { page, chart } = await opened(t);
  await chart.point(300, 200);
  await page.keyboard.press('Alt+h');
  const { lines } = await chart.when('a line', (now) => now.lines.length === 1);
  await kept('the line on the server', (drawings) => drawings.length === 1 && drawings[0].price === lines[0]);
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await chart.drawn(INSTRUMENT, '5m');
  await chart.when('the line among other bars', (now) => now.lines[0] === lines[0]);
  const other = await opened(t, { workspace: { timeframe: '15m' } });
  await other.chart.when('the line elsewhere', (now) => now.lines[0] === lines[0]);
  await page.reload();
  await chart.when('the line again', (now) => now.lines[0] === lines[0]);
  // Drawn there, seen here as soon as one turns to this window.
  await other.chart.point(300, 120);
  await other.page.keyboard.press('Alt+h');
  await kept('both', (drawings) => drawings.length === 2);
  await focus(page);
  await chart.when('both here', (now) => now.lines.length === 2);
});

test('a line is dragged, labelled, coloured and deleted', async (t) => {
  const { page, chart, box } = await opened(t);
  await chart.point(300, 200);
  await page.keyboard.press('Alt+h');
  const before = await chart.when('a line', (now) => now.lines.length === 1 && now.selected);
  const row = rowOf(Number(before.lines[0]), before);
  await page.mouse.move(box.x + 300, box.y + row);
  await page.mouse.down();
  await page.mouse.move(box.x + 340, box.y + row + 60, { steps: 6 });
  await page.mouse.up();
  const moved = await chart.when('a lower line', (now) => Number(now.lines[0]) < Number(before.lines[0]));
  await kept('its price', ([line]) => line?.price === moved.lines[0]);
  await page.mouse.dblclick(box.x + 340, box.y + rowOf(Number(moved.lines[0]), await chart.state()));
  await page.getByTestId('drawing-label').fill('stop');
  await page.getByTestId('drawing-price').fill('nonsense');
  await page.getByTestId('drawing-price').blur();
  await page.getByText('A price such as 64213.5 is wanted.').waitFor();
  await page.getByTestId('drawing-colour').fill('#1e90ff');
  const [line] = await kept('label and colour', ([one]) => one?.label === 'stop' && one.colour === '#1e90ff');
  assert.equal(line.price, moved.lines[0], 'what is no price changes nothing');
  await page.getByTestId('drawing-done').click();
  await page.keyboard.press('Delete');
  await chart.when('no line', (now) => now.lines.length === 0);
  await kept('nothing', (drawings) => drawings.length === 0);
});

test('everything works by keyboard, and is taken back', async (t) => {
  await putDrawings(site.url, INSTRUMENT, []);
  const { page, chart } = await opened(t);
  await page.keyboard.press('Alt+h');
  const { lines } = await chart.when('a line at the last price', (now) => now.lines.length === 1);
  await page.keyboard.press('Shift+ArrowUp');
  const higher = await chart.when('a higher line', (now) => Number(now.lines[0]) > Number(lines[0]));
  await page.keyboard.press('Escape');
  await chart.when('nothing selected', (now) => now.selected === null);
  await page.keyboard.press('Alt+s');
  const { selected } = await chart.when('the line selected', (now) => now.selected);
  assert.match(await page.getByTestId('drawing-said').textContent(), /^Line at .*, 1 of 1$/);
  await page.keyboard.press('Enter');
  await page.getByTestId('drawing-label').waitFor();
  await page.keyboard.type('target');
  await page.keyboard.press('Enter');
  await kept('the label', ([line]) => line?.label === 'target' && line.id === selected);
  await page.keyboard.press('Delete');
  await chart.when('no line', (now) => now.lines.length === 0);
  await page.keyboard.press('Control+z');
  await chart.when('the line again', (now) => now.lines[0] === higher.lines[0]);
  await page.keyboard.press('Control+Shift+Z');
  await chart.when('no line again', (now) => now.lines.length === 0);
  await page.keyboard.press('Control+z');
  await kept('what was taken back', ([line]) => line?.label === 'target');
});

test('a measure is kept, and an average since a bar is drawn', async (t) => {
  const { page, chart, box, state } = await opened(t);
  const [x, y] = [box.x + state.plot.width / 2, box.y + 100];
  await page.keyboard.down('Shift');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 60, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.getByTestId('keep-measure').click();
  const [[from, to]] = (await chart.when('a measure', (now) => now.measures.length === 1)).measures;
  assert.equal((to - from) / 60_000, Math.round(90 / state.spacing), 'as many minutes as bars');
  await chart.canvas.focus();
  await chart.point(state.plot.width / 2, 80);
  const { hover } = await chart.when('a bar pointed at', (now) => now.hover);
  await page.keyboard.press('Alt+v');
  const drawings = await kept('both', (all) => all.length === 2);
  assert.deepEqual(drawings.map(({ shape }) => shape), ['measure', 'vwap']);
  assert.equal(drawings[1].time, hover.time);
  await chart.when('its values', ({ indicators }) => indicators.some((one) => one.indicator === 'vwap_anchored' && one.values.value));
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await chart.drawn(INSTRUMENT, '5m');
  await chart.when('the same times', ({ measures }) => measures[0]?.[0] === from && measures[0]?.[1] === to);
});

test('where another window was faster both have what they drew, and it is said', async (t) => {
  const { page, chart } = await opened(t);
  await chart.point(300, 200);
  await page.keyboard.press('Alt+h');
  await kept('the first line', (drawings) => drawings.length === 1);
  const [own] = (await drawingsOf(site.url, INSTRUMENT)).drawings;
  const theirs = { id: 77, shape: 'line', price: '60000.50', label: 'theirs' };
  await putDrawings(site.url, INSTRUMENT, [own, theirs]);
  await chart.point(300, 120);
  await page.keyboard.press('Alt+h');
  const all = await kept('three', (drawings) => drawings.length === 3);
  assert.ok(all.some(({ id }) => id === 77) && all.some(({ id }) => id === own.id));
  await page.getByTestId('drawing-note').getByText('Another window drew here meanwhile').waitFor();
  await chart.when('all of them', (now) => now.lines.length === 3);
});

test('without the server it is kept in the browser, said, and saved later', async (t) => {
  const { page, chart } = await opened(t, { expected: [/Failed to load resource/, /answer 503/] });
  const away = (route) => route.fulfill({ status: 503, body: 'away' });
  await page.route(/\/fn\/(save_)?document\b/, away);
  await chart.point(300, 200);
  await page.keyboard.press('Alt+h');
  const { lines } = await chart.when('a line', (now) => now.lines.length === 1);
  await page.getByTestId('drawing-note').getByText('kept in this browser only').waitFor();
  await page.reload();
  await chart.when('the line after a reload', (now) => now.lines[0] === lines[0]);
  assert.equal((await drawingsOf(site.url, INSTRUMENT)).drawings.length, 0);
  await page.unroute(/\/fn\/(save_)?document\b/, away);
  await focus(page);
  await kept('the line', ([line]) => line?.price === lines[0]);
  await until('nothing said any more', async () => (await page.getByTestId('drawing-note').count()) === 0);
});

test('lines of a workspace from before become drawings once, and leave it', async (t) => {
  const first = await opened(t);
  const { page } = first;
  // Something changed, so that the server has the workspace.
  await page.getByTestId('chart-scale').selectOption('log');
  const name = await until('the workspace on the server', async () => (await rest(site.url, 'workspaces')).workspaces[0]?.name);
  const address = new URL(`/api/v1/workspaces/${encodeURIComponent(name)}`, site.url);
  const answer = await fetch(address);
  const document = await answer.json();
  const charts = document.desktop.panels.filter(({ kind }) => kind === 'chart');
  charts[0].settings.lines = { [INSTRUMENT]: ['61234.50'], 'coinbase:ETH-USD': ['2000.10'] };
  await page.context().close();
  const headers = { 'content-type': 'application/json', 'if-match': answer.headers.get('etag') };
  const put = await fetch(address, { method: 'PUT', headers, body: JSON.stringify(document) });
  assert.ok(put.ok, await put.text());
  const again = await opened(t);
  await again.chart.when('the line', (now) => now.lines.length === 1 && Number(now.lines[0]) === 61234.5);
  await kept('the drawing', ([line]) => line?.shape === 'line' && line.price === '61234.50');
  await until('a workspace without it', async () => {
    const { desktop } = await (await fetch(address)).json();
    const lines = desktop.panels.find(({ id }) => id === charts[0].id).settings.lines;
    return lines && !(INSTRUMENT in lines) && 'coinbase:ETH-USD' in lines;
  });
});
