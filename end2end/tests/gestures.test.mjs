/** Dragging, zooming, keys and loading history: the picture moves as the hand does, and never by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

async function opened(t, options) {
  const page = await site.open(t, options);
  const chart = chartOf(page);
  const state = await chart.drawn();
  return { page, chart, state, box: await chart.box() };
}

test('a drag moves the bars with the pointer', async (t) => {
  const { page, chart, state, box } = await opened(t);
  const [x, y] = [box.x + state.plot.width / 2, box.y + state.plot.height / 3];
  await page.mouse.move(x, y);
  const under = (await chart.when('the crosshair', ({ hover }) => hover)).hover.time;
  await page.mouse.down();
  await page.mouse.move(x + 200, y, { steps: 10 });
  const moved = await chart.when('the same bar at the new place', ({ hover }) => hover?.time === under);
  assert.ok(moved.from < state.from);
  await page.mouse.up();
});

test('a held drag keeps its bar while bars close and history comes in', async (t) => {
  // So wide that the first bars are not enough.
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  const withheld = async (route) => {
    await released;
    await route.continue();
  };
  const before = (page) => page.route(/\/fn\/candles\?.*\bbefore=\d/, withheld);
  const { page, chart, state, box } = await opened(t, { width: 2400, workspace: { timeframe: '1m' }, before });
  const y = box.y + state.plot.height / 3;
  await page.mouse.move(box.x + 100, y);
  await page.mouse.down();
  await page.mouse.move(box.x + state.plot.width - 100, y, { steps: 20 });
  // The figures follow the pointer a tenth of a second behind.
  const end = state.plot.width - 100;
  const held = await chart.when('the end of the drag', ({ hover }) => hover && Math.abs(hover.x - end) <= state.spacing);
  assert.equal(held.first, state.first);
  release();
  const change = async () => {
    const now = await chart.state();
    assert.equal(now.hover.time, held.hover.time, 'the bar under the pointer changed');
    assert.ok(Math.abs(now.hover.x - held.hover.x) < 0.01, 'the bar under the pointer moved');
    return now.last.time > held.last.time && now.first < state.first;
  };
  await until('a closed bar and older history', change, 90_000);
  await page.mouse.up();
});

test('the wheel zooms at the pointer', async (t) => {
  const { page, chart, state } = await opened(t);
  await chart.point(state.plot.width * 0.4, state.plot.height / 3);
  const before = await chart.when('the crosshair', ({ hover }) => hover);
  await page.mouse.wheel(0, -300);
  const closer = await chart.when('wider bars', ({ spacing }) => spacing > before.spacing * 1.1);
  assert.equal(closer.hover.time, before.hover.time);
  assert.ok(Math.abs(closer.hover.x - before.hover.x) <= closer.spacing);
  for (let turn = 0; turn < 3; turn += 1) await page.mouse.wheel(0, 300);
  await chart.when('narrower bars', ({ spacing }) => spacing < before.spacing);
});

test('older bars are loaded as one scrolls back', async (t) => {
  const { page, chart, state } = await opened(t, { workspace: { timeframe: '1m' } });
  await chart.canvas.focus();
  const wanted = state.bars + 2_000;
  await until('older bars', async () => {
    await page.keyboard.press('PageUp');
    return (await chart.state()).bars >= wanted;
  });
  const back = await chart.state();
  assert.ok(back.first < state.first && back.to < state.from);
  await page.keyboard.press('End');
  await chart.when('now', ({ to, last }) => to === last.time);
});

test('keys pan, zoom and reset', async (t) => {
  const { page, chart, state } = await opened(t);
  await chart.canvas.focus();
  const press = (key) => page.keyboard.press(key);
  for (let times = 0; times < 5; times += 1) await press('ArrowLeft');
  await chart.when('five bars back', ({ from }) => from < state.from);
  await press('ArrowUp');
  await chart.when('wider bars', ({ spacing }) => spacing > state.spacing);
  await press('0');
  await chart.when('the first view', ({ spacing, to, last }) => spacing === state.spacing && to === last.time);
});

test('the price axis keeps its width while panning, and its labels are ticks that never overlap', async (t) => {
  const { page, chart, state } = await opened(t, { workspace: { timeframe: '1m' } });
  await chart.canvas.focus();
  const widths = new Set();
  for (let times = 0; times < 30; times += 1) {
    await page.keyboard.press(times % 3 === 2 ? 'ArrowDown' : 'Shift+ArrowLeft');
    const now = await chart.state();
    widths.add(now.plot.width);
    checkPriceLabels(now.priceLabels);
    checkTimeLabels(now.timeLabels);
  }
  assert.deepEqual([...widths], [state.plot.width]);
});

test('two fingers zoom', async (t) => {
  const { page, chart, state, box } = await opened(t, { width: 390, height: 844, ratio: 2, touch: true });
  const session = await page.context().newCDPSession(page);
  const y = box.y + state.plot.height / 2;
  const touch = (type, ...xs) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
  await touch('touchStart', 100, 180);
  for (let step = 1; step <= 10; step += 1) await touch('touchMove', 100 - step * 6, 180 + step * 6);
  await touch('touchEnd');
  await chart.when('wider bars', ({ spacing }) => spacing > state.spacing * 1.5);
});

function checkPriceLabels(labels) {
  assert.ok(labels.length >= 2, 'at least two prices are named');
  const decimals = new Set(labels.map(({ text }) => text.split('.')[1]?.length ?? 0));
  assert.equal(decimals.size, 1, 'all prices have the same decimals');
  const places = labels.map(({ at }) => at).sort((a, b) => a - b);
  for (let at = 1; at < places.length; at += 1) assert.ok(places[at] - places[at - 1] >= 16, 'prices overlap');
  const prices = labels.map(({ text }) => Math.round(Number(text.replaceAll(',', '')) * 1e8)).sort((a, b) => a - b);
  const step = prices[1] - prices[0];
  for (const price of prices) assert.equal(price % step, 0, `${price} is no multiple of ${step}`);
}

function checkTimeLabels(labels) {
  const GLYPH = 7;
  for (let at = 1; at < labels.length; at += 1) {
    const needed = ((labels[at].text.length + labels[at - 1].text.length) * GLYPH) / 2;
    assert.ok(labels[at].at - labels[at - 1].at >= needed, 'times overlap');
  }
}
