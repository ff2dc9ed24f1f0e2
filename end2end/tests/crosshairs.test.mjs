/** Charts that are linked by a colour show the crosshair at the same time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ready } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

/** What each chart shows, in the order of their numbers. */
async function states(page) {
  const texts = await page.getByTestId('chart-facts').allTextContents();
  return texts.map((text) => (text ? JSON.parse(text) : null));
}

const when = (page, what, holds) =>
  until(what, async () => {
    const all = await states(page);
    return all.every(Boolean) && holds(all) ? all : null;
  });

test('a linked chart of another timeframe stands at the bar that contains the time', async (t) => {
  const page = await site.open(t, { width: 1600, height: 1000, workspace: { timeframe: '1m' } });
  await ready(page, 'monitor');
  await when(page, 'four charts', (all) => all.length === 4);
  // The second chart looks at what the first one does, by its colour.
  const groups = page.getByTestId('group').filter({ has: page.getByRole('tab', { name: 'Chart' }) });
  await groups.nth(1).getByTestId('link-menu').click();
  await page.getByTestId('link-blue').click();
  const own = 0;
  const of = (all) => all.findIndex(({ instrument }, at) => at !== own && instrument === all[own].instrument);
  const other = of(await when(page, 'two of one instrument', (all) => of(all) > 0));
  const charts = page.getByTestId('chart');
  await charts.nth(other).focus();
  await page.keyboard.type('5');
  await page.keyboard.press('Enter');
  await when(page, 'five minutes', (all) => all[other].timeframe === '5m' && all[other].bars > 100);
  const box = await charts.nth(own).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 120);
  const all = await when(page, 'both crosshairs', (now) => now[own].hover && now[other].hover);
  assert.deepEqual([all[own].hover.linked, all[other].hover.linked], [false, true]);
  assert.equal(all[other].hover.time, Math.floor(all[own].hover.time / 300_000) * 300_000);
  assert.deepEqual(all.map(({ hover }) => Boolean(hover)), all.map((_, at) => at === own || at === other), 'no other chart');
  // The legend of the linked one says the figures of that bar.
  const figure = await page.getByTestId('legend-close').nth(other).innerText();
  assert.equal(Number(figure.replaceAll(',', '')), Number(all[other].hover.close));
  await page.mouse.move(box.x + box.width / 2, 10);
  await when(page, 'none', (now) => now.every(({ hover }) => !hover));
});
