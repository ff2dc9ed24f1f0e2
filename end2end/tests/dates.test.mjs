/** Going to a date: by the box, and what is said where there are no bars. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const HOUR = 3_600_000;

async function opened(t, workspace) {
  const page = await site.open(t, { workspace: { timeframe: '1m', ...workspace } });
  const chart = chartOf(page);
  const state = await chart.drawn();
  return { page, chart, state };
}

/** The middle of what is in view. */
const middle = ({ from, to }) => (from + to) / 2;

async function ask(page, time) {
  await page.getByTestId('chart').focus();
  await page.keyboard.press('Alt+g');
  await page.getByTestId('go-to-time').fill(time);
  await page.keyboard.press('Enter');
}

test('the box loads what is needed and puts the time in the middle', async (t) => {
  const { page, chart, state } = await opened(t);
  await page.getByTestId('chart-more').click();
  await page.getByTestId('chart-go-to').click();
  const asked = new Date(state.last.time - 30 * HOUR).toISOString().slice(0, 16);
  await page.getByTestId('go-to-time').fill(asked);
  await page.getByTestId('go-to-go').click();
  const wanted = Date.parse(`${asked}:00Z`);
  const there = await chart.when('that time', ({ from, to }) => from < wanted && wanted < to);
  assert.ok(Math.abs(middle(there) - wanted) <= 3 * 60_000, `${new Date(middle(there)).toISOString()}, not ${asked}`);
  assert.equal(await page.getByTestId('go-to').count(), 0);
  await page.keyboard.press('End');
  await chart.when('now again', ({ following }) => following);
});

test('the time is of the zone that the page shows', async (t) => {
  const { page, chart, state } = await opened(t, { zone: 'local' });
  // The browser is in New York: four or five hours behind.
  const wanted = Math.floor((state.last.time - 8 * HOUR) / 60_000) * 60_000;
  const local = await page.evaluate((time) => {
    const two = (number) => String(number).padStart(2, '0');
    const date = new Date(time);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
  }, wanted);
  await ask(page, local);
  await chart.when('that time in the middle', (now) => Math.abs(middle(now) - wanted) <= 3 * 60_000);
});

test('before the first bar it is said from when there are bars; a time to come shows the newest', async (t) => {
  const { page, chart } = await opened(t, { timeframe: '1d' });
  await ask(page, '1990-01-01T00:00');
  const note = page.getByTestId('chart-note');
  const said = await until('from when there are bars', async () => {
    const text = await note.innerText().catch(() => '');
    return /^There are bars from (.*) UTC on;/.exec(text)?.[1];
  });
  const { first } = await chart.state();
  assert.equal(said, new Date(first).toISOString().slice(0, 16).replace('T', ' '));
  await ask(page, '2090-01-01T00:00');
  await note.getByText('That time has not come yet').waitFor();
  await page.keyboard.press('Escape');
  await until('nothing said', async () => !/has not come/.test(await note.innerText().catch(() => '')));
});
