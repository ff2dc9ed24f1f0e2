/** axe-core finds nothing serious: on every ready-made workspace, on a phone, with menus and dialogs open, in both themes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from '../harness/axe.mjs';
import { chartOf } from '../harness/chart.mjs';
import { ready } from '../harness/dock.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const byId = (page, id) => page.getByTestId(id);
const THEMES = ['dark', 'light'];
const WORKSPACES = ['trader', 'order-flow', 'monitor', 'minimal'];

/**
 * What can be opened on the Trader workspace: its name, what opens it, and what is there then, until Escape. One follows
 * the other on one page; what changes the chart is the last.
 */
const OPENED = [
  ['the picker', (page) => byId(page, 'instrument').click(), (page) => byId(page, 'instrument-option').first()],
  ['adding a panel', (page) => byId(page, 'add-panel').first().click(), (page) => page.getByRole('menu')],
  ["a panel's menu", (page) => byId(page, 'panel-menu').first().click(), (page) => page.getByRole('menu')],
  ['the link menu', (page) => byId(page, 'link-menu').first().click(), (page) => page.getByRole('menu')],
  ['the palette', (page) => page.keyboard.press('Control+k'), (page) => byId(page, 'palette-option').first()],
  ['the help', (page) => page.keyboard.press('F1'), (page) => byId(page, 'help-line').first()],
  ['the preferences', (page) => byId(page, 'preferences').click(), (page) => byId(page, 'preferences-dialog')],
  ['the workspaces', (page) => byId(page, 'workspace-menu').click(), (page) => page.getByRole('menu')],
  ['the status card', (page) => byId(page, 'store').click(), (page) => byId(page, 'status-panel')],
  ['the indicators', (page) => byId(page, 'indicators').click(), (page) => byId(page, 'indicator-menu')],
  ["a panel's settings", openSettings, (page) => byId(page, 'panel-settings')],
  ['a typed timeframe', typeTimeframe, (page) => byId(page, 'chart-typed')],
  ["an indicator's settings", openIndicator, (page) => byId(page, 'indicator-form')],
];

async function openIndicator(page) {
  await byId(page, 'indicators').click();
  await byId(page, 'add-ema').click();
  await byId(page, 'add-rsi').click();
  await page.keyboard.press('Escape');
  await byId(page, 'indicator-1-settings').press('Enter');
}

async function openSettings(page) {
  const tape = byId(page, 'group').filter({ has: page.getByRole('tab', { name: 'Tape', exact: true }) });
  await tape.getByTestId('panel-menu').click();
  await byId(page, 'settings').click();
}

async function typeTimeframe(page) {
  await byId(page, 'chart').focus();
  await page.keyboard.type('5');
}

async function opened(t, options) {
  const page = await site.open(t, options);
  await chartOf(page).drawn();
  await until('a live line', async () => /live/.test(await byId(page, 'link').innerText().catch(() => '')));
  return page;
}

for (const theme of THEMES) {
  test(`nothing serious on any ready-made workspace, nor with anything open, ${theme}`, async (t) => {
    const page = await opened(t, { width: 1600, height: 960, workspace: { theme } });
    const found = [];
    for (const name of WORKSPACES) {
      await ready(page, name);
      await chartOf(page).painted();
      for (const line of await violations(page)) found.push(`${name}: ${line}`);
    }
    await ready(page, 'trader');
    await chartOf(page).drawn();
    for (const [name, open, isThere] of OPENED) {
      await open(page);
      await isThere(page).waitFor();
      for (const line of await violations(page)) found.push(`${name}: ${line}`);
      await page.keyboard.press('Escape');
      await isThere(page).waitFor({ state: 'hidden' });
    }
    assert.deepEqual(found, []);
  });

  test(`nothing serious on a phone, ${theme}`, async (t) => {
    const page = await site.open(t, { width: 390, height: 844, ratio: 2, touch: true, workspace: { theme } });
    await chartOf(page).drawn();
    const found = [];
    const tabs = page.getByTestId('phone-dock').getByRole('tab');
    for (const tab of await tabs.all()) {
      await tab.click();
      await until('its panel', async () => (await tab.getAttribute('aria-selected')) === 'true');
      for (const line of await violations(page)) found.push(`${await tab.innerText()}: ${line}`);
    }
    await byId(page, 'open-sheet').click();
    await byId(page, 'sheet').waitFor();
    for (const line of await violations(page)) found.push(`the menu: ${line}`);
    assert.deepEqual(found, []);
  });
}

test('what axe does not like is found', async (t) => {
  const page = await opened(t);
  await page.getByRole('tab').first().evaluate((tab) => {
    // On a ground of #0f131a.
    tab.style.color = '#2a3341';
  });
  const found = await violations(page);
  assert.ok(found.some((line) => line.startsWith('color-contrast')), `it found ${JSON.stringify(found)}`);
});
