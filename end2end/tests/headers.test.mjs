/** Headers of panels: their tools, their menus, and the form by which a panel is set. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { docked, middle, panels, ready, tab } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

/** A page with a ready-made workspace. */
async function opened(t, workspace) {
  const page = await site.open(t);
  await docked(page);
  await ready(page, workspace);
  return page;
}

test('the tools of a panel keep their texts when its header changes its place', async (t) => {
  const page = await opened(t, 'order-flow');
  const since = () => page.getByTestId('ladder-reset').innerText();
  await until('the time since when is counted', async () => /\d\d:\d\d/.test(await since()));
  for (const side of ['ArrowRight', 'ArrowLeft']) {
    await tab(page, 'Ladder').focus();
    const from = (await panels(page)).ladder.x;
    await page.keyboard.press(`Alt+Shift+${side}`);
    await until('the ladder elsewhere', async () => (await panels(page)).ladder.x !== from);
    assert.match(await since(), /\d\d:\d\d/);
  }
});

test("a header's menu lies above dividers and other headers, and a press on those closes it", async (t) => {
  const page = await opened(t, 'trader');
  const menus = page.getByRole('menu');
  const others = [page.getByTestId('divider').last(), page.getByTestId('group').last()];
  for (const other of others) {
    await page.getByTestId('group').first().getByTestId('panel-menu').click();
    await menus.waitFor();
    const covered = await menus.evaluate((menu) => {
      const { x, y, width, height } = menu.getBoundingClientRect();
      const points = [0.02, 0.5, 0.98].flatMap((across) => [0.02, 0.5, 0.98].map((down) => [x + width * across, y + height * down]));
      return points.filter(([left, top]) => !menu.contains(document.elementFromPoint(left, top)));
    });
    assert.deepEqual(covered, [], 'something lies over the menu');
    await page.mouse.click(...(await middle(other)));
    await until('no menu', async () => (await menus.count()) === 0);
  }
});

test('a menu takes the keyboard, says what is chosen, and gives the keyboard back', async (t) => {
  const page = await opened(t, 'trader');
  const focused = () => page.evaluate(() => document.activeElement.dataset.testid);
  const group = page.getByTestId('group').filter({ has: page.getByRole('tab', { name: 'Chart', exact: true }) });
  const button = group.getByTestId('link-menu');
  await button.focus();
  await page.keyboard.press('Enter');
  await until('the first item', async () => (await focused()) === 'link-none');
  const checked = () => page.getByRole('menuitemradio', { checked: true }).allInnerTexts();
  assert.deepEqual((await checked()).map((text) => text.toLowerCase().match(/[a-z]+/)[0]), ['blue']);
  await page.keyboard.press('Escape');
  await until('no menu', async () => (await page.getByRole('menu').count()) === 0);
  assert.equal(await focused(), 'link-menu');
  await page.keyboard.press('Enter');
  await until('the first item', async () => (await focused()) === 'link-none');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  // Both menus of a header stand side by side; each closes its own.
  await until('no menu', async () => (await page.getByRole('menu').count()) === 0);
  assert.equal(await focused(), 'link-menu');
});

test('the tools of a narrow group can be reached', async (t) => {
  const page = await opened(t, 'monitor');
  await page.setViewportSize({ width: 900, height: 800 });
  const first = page.getByTestId('timeframe-1m').first();
  await first.focus();
  const isSeen = await first.evaluate((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  assert.ok(isSeen, 'the first timeframe is cut off');
});

test('a panel is set in a form, which says what does not fit and shows what is of use', async (t) => {
  const page = await opened(t, 'order-flow');
  const group = page.getByTestId('group').filter({ has: tab(page, 'Tape') });
  const form = page.getByTestId('panel-settings');
  const open = async () => {
    await group.getByTestId('panel-menu').click();
    await page.getByTestId('settings').click();
    await form.waitFor();
  };
  await open();
  assert.equal(await form.getByTestId('field-large_percentile').inputValue(), '98');
  assert.equal(await form.getByTestId('field-large_size').count(), 0);
  await form.getByTestId('field-classes').selectOption('sizes');
  await form.getByTestId('field-large_size').waitFor();
  assert.equal(await form.getByTestId('field-large_percentile').count(), 0);
  const window = form.getByTestId('field-window');
  await window.fill('5');
  await window.press('Enter');
  await form.getByText('a whole number from 10 to 3600 is wanted, not 5').waitFor();
  await window.fill('20');
  await window.press('Enter');
  await until('no refusal', async () => (await form.getByRole('alert').allInnerTexts()).join('') === '');
  await until('the window', async () => /^(1?\d|20)(\.\d)? s$/.test(await page.getByTestId('tape-window').innerText()));
  await page.keyboard.press('Escape');
  await until('no form', async () => (await form.count()) === 0);
  await open();
  assert.equal(await form.getByTestId('field-window').inputValue(), '20');
  await form.getByTestId('settings-defaults').click();
  await until('the default', async () => (await form.getByTestId('field-window').inputValue()) === '300');
  await form.getByTestId('field-large_percentile').waitFor();
  await form.getByTestId('settings-done').click();
  await until('no form', async () => (await form.count()) === 0);
});
