/** The workspace: panels docked by mouse and by keyboard, kept on the server, linked by colour. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { choose, docked, kinds, middle, panels, ready, symbols, tab } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

async function opened(t) {
  const page = await site.open(t);
  await docked(page);
  return page;
}

/** Maximises the attended panel of some, and puts it back. */
async function maximisedAndBack(page, all) {
  await page.keyboard.press('Alt+Enter');
  await until('one panel', async () => (await kinds(page)).length === 1);
  await page.keyboard.press('Alt+Enter');
  await until('all panels', async () => (await kinds(page)).length === all.length);
}

/** Drags a tab to a point of the window. */
async function drag(page, name, [x, y]) {
  await page.mouse.move(...(await middle(tab(page, name))));
  await page.mouse.down();
  await page.mouse.move(x - 20, y - 20, { steps: 3 });
  await page.mouse.move(x, y, { steps: 3 });
  await page.getByTestId('dock-preview').waitFor();
  await page.mouse.up();
}

test('a tab is docked beside another panel, and the arrangement is there again after a reload and elsewhere', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  assert.deepEqual(await kinds(page), ['book', 'chart']);
  const { chart } = await panels(page);
  await drag(page, 'Tape', [chart.x + chart.width / 2, chart.y + chart.height - 20]);
  await until('the tape below the chart', async () => {
    const now = await panels(page);
    return now.tape && now.tape.y > now.chart.y + now.chart.height && Math.abs(now.tape.x - now.chart.x) < 1;
  });
  const arranged = await panels(page);
  const kept = async () => {
    const answer = await fetch(new URL('/api/v1/workspaces/Minimal', site.url));
    return answer.ok && JSON.stringify(await answer.json()).includes('"column"');
  };
  await until('the server to keep it', kept);
  await page.reload();
  await until('the same after a reload', async () => JSON.stringify(await panels(page)) === JSON.stringify(arranged));
  const elsewhere = await opened(t);
  await until('the same in another browser', async () => JSON.stringify(await panels(elsewhere)) === JSON.stringify(arranged));
});

test('every panel of another workspace is of the kind that its tab names', async (t) => {
  const page = await opened(t);
  // Workspaces number their panels alike, so that one takes the place of another under the same number.
  for (const name of ['trader', 'order-flow', 'minimal', 'trader']) {
    await ready(page, name);
    await until(`the panels of ${name} as they are called`, async () => {
      const wrong = await page.getByTestId('panel').evaluateAll((all) =>
        all.filter((panel) => {
          const { kind } = panel.dataset;
          const label = document.getElementById(panel.getAttribute('aria-labelledby'))?.textContent.trim().toLowerCase();
          const isTable = ['status', 'watchlist'].includes(kind);
          const isDrawn = isTable || panel.querySelector(`canvas[data-testid=${kind}]`);
          return !label?.includes(kind) || !isDrawn;
        }).length,
      );
      return wrong === 0;
    });
  }
});

test('dividers are dragged and moved by keys', async (t) => {
  const page = await opened(t);
  await ready(page, 'trader');
  const before = await panels(page);
  const divider = page.locator('[data-testid=divider][aria-orientation=vertical]').last();
  const [x, y] = await middle(divider);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 90, y, { steps: 4 });
  await page.mouse.up();
  const wider = await panels(page);
  assert.ok(wider.book.width > before.book.width + 60, `${before.book.width} to ${wider.book.width}`);
  await divider.focus();
  await page.keyboard.press('ArrowRight');
  await until('a narrower book', async () => (await panels(page)).book.width < wider.book.width - 5);
});

test('Escape ends the drag of a divider for good', async (t) => {
  const page = await opened(t);
  await ready(page, 'trader');
  const before = await panels(page);
  const [x, y] = await middle(page.locator('[data-testid=divider][aria-orientation=vertical]').last());
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 90, y, { steps: 4 });
  await until('a wider book', async () => (await panels(page)).book.width > before.book.width + 60);
  await page.keyboard.press('Escape');
  await until('the book as it was', async () => Math.abs((await panels(page)).book.width - before.book.width) < 1);
  await page.mouse.move(x - 120, y, { steps: 4 });
  await page.mouse.up();
  await chartOf(page).painted();
  assert.deepEqual(await panels(page), before);
});

test('panels are closed, opened again, moved and maximised by keys alone', async (t) => {
  const page = await opened(t);
  await ready(page, 'order-flow');
  const all = await kinds(page);
  await tab(page, 'Tape').focus();
  await page.keyboard.press('Alt+w');
  await until('no tape', async () => !(await kinds(page)).includes('tape'));
  await page.keyboard.press('Alt+Shift+T');
  await until('the tape', async () => (await kinds(page)).includes('tape'));
  assert.deepEqual(await kinds(page), all);
  await tab(page, 'Ladder').focus();
  const from = (await panels(page)).ladder.x;
  await page.keyboard.press('Alt+Shift+ArrowRight');
  await until('the ladder further right', async () => (await panels(page)).ladder.x > from + 100);
  await page.keyboard.press('Alt+z');
  await until('the ladder where it was', async () => Math.abs((await panels(page)).ladder.x - from) < 2);
  await maximisedAndBack(page, all);
});

test('closing one of several tabs leaves the keyboard with the one that then shows', async (t) => {
  const page = await opened(t);
  await ready(page, 'trader');
  await tab(page, 'Order book').click();
  await page.keyboard.press('Alt+w');
  await until('the ladder', async () => (await kinds(page)).includes('ladder'));
  await until('its tab to have the keyboard', () => tab(page, 'Ladder').evaluate((one) => one === document.activeElement));
  await page.keyboard.press('Alt+Shift+T');
  await until('the book', async () => (await kinds(page)).includes('book'));
});

test('linked panels look at one instrument, others at their own', async (t) => {
  const page = await opened(t);
  await ready(page, 'monitor');
  const looksAt = (...wanted) => until(wanted.join(', '), async () => (await symbols(page)).join() === wanted.join());
  await looksAt('BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD');
  await page.getByTestId('panel').first().click({ position: { x: 100, y: 100 } });
  await choose(page, 'ltc', 'LTC-USD');
  await looksAt('LTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD');
});

test('an instrument is chosen also while a panel without one is attended', async (t) => {
  const page = await opened(t);
  await ready(page, 'trader');
  await tab(page, 'Status').click();
  const status = page.getByTestId('group').filter({ has: tab(page, 'Status') });
  await status.getByTestId('link-menu').click();
  await page.getByTestId('link-none').click();
  await until('the attention', async () => (await status.getAttribute('data-focused')) === 'true');
  await choose(page, 'ltc', 'LTC-USD');
  await until('its chart', async () => (await symbols(page)).join() === 'LTC-USD');
  assert.equal(await page.getByTestId('refusal').count(), 0);
});

test('on a phone the address names what its own chart shows', async (t) => {
  const page = await site.open(t, { width: 390, height: 844, touch: true });
  await chartOf(page).drawn();
  const named = async () => new URL(page.url()).searchParams.get('timeframe');
  await page.getByTestId('timeframe-1h').click();
  await until('1h in the address', async () => (await named()) === '1h');
  await page.getByTestId('tab-book').click();
  await until('the book', () => page.getByTestId('book').isVisible());
  assert.equal(await named(), '1h');
});

test('what is refused is said without moving anything', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  const before = await panels(page);
  // Nothing was closed that could be opened again.
  await tab(page, 'Chart').focus();
  await page.keyboard.press('Alt+Shift+T');
  await page.getByTestId('refusal').waitFor();
  assert.deepEqual(await panels(page), before);
  await page.getByTestId('close-notice').click();
  await until('it is closed', async () => (await page.getByTestId('refusal').count()) === 0);
  assert.deepEqual(await panels(page), before);
});

test('the keys of the dock work wherever the keyboard is', async (t) => {
  const page = await opened(t);
  await ready(page, 'order-flow');
  const all = await kinds(page);
  await page.evaluate(() => document.activeElement.blur());
  const onTab = () => page.evaluate(() => document.activeElement.getAttribute('role') === 'tab');
  await page.keyboard.press('Alt+ArrowRight');
  await until('a tab with the keyboard', onTab);
  await tab(page, 'Tape').focus();
  await page.keyboard.press('Delete');
  await until('no tape', async () => !(await kinds(page)).includes('tape'));
  await until('another tab with the keyboard', onTab);
  const group = page.getByTestId('group').filter({ has: tab(page, 'Depth') });
  await group.getByTestId('panel-menu').click();
  await page.getByTestId('close').click();
  await until('no depth curve', async () => !(await kinds(page)).includes('depth'));
  await until('another tab with the keyboard', onTab);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('Alt+Shift+T');
  await page.keyboard.press('Alt+Shift+T');
  await until('all panels', async () => (await kinds(page)).length === all.length);
  await page.getByTestId('theme').focus();
  await maximisedAndBack(page, all);
});
