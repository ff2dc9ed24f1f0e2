/** The ready-made workspaces look like their stored pictures, and what spoils the look is noticed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { launch } from '../harness/browser.mjs';
import { SIZE, THEMES, WORKSPACES, differences, readPicture, settle, stored } from '../harness/picture.mjs';
import { withDemo } from '../harness/suite.mjs';

const site = withDemo();
let browser;
let scratch;
before(async () => {
  browser = await launch();
  scratch = await browser.newPage();
});
after(() => browser?.close());

async function opened(t, workspace, theme) {
  const page = await site.open(t, { ...SIZE, workspace: { theme } });
  await chartOf(page).drawn();
  await settle(page, workspace);
  return page;
}

async function compared(page, workspace, theme) {
  const seen = await readPicture(scratch, await page.screenshot());
  return differences(seen, await readPicture(scratch, await stored(workspace, theme)));
}

for (const theme of THEMES) {
  for (const workspace of WORKSPACES) {
    test(`${workspace} in ${theme} looks as it is stored (new look: node end2end/pictures/take.mjs)`, async (t) => {
      const page = await opened(t, workspace, theme);
      assert.deepEqual(await compared(page, workspace, theme), []);
    });
  }
}

/** Rules that spoil the look. */
const SPOILT = [
  ['a panel that shows nothing', '[data-kind=tape] { visibility: hidden }', 'order-flow'],
  ['a chart that shows nothing', '[data-kind=chart] canvas { visibility: hidden }', 'trader'],
  ['panels without their gaps', '[data-testid=divider] { background: var(--panel) }', 'trader'],
  ['tools that do not fit their bar', '[data-testid=workspaces] button { padding: 0 80px }', 'trader'],
];

for (const [name, rule, workspace] of SPOILT) {
  test(`${name} would be noticed`, async (t) => {
    const page = await opened(t, workspace, 'dark');
    await page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, rule);
    await chartOf(page).painted();
    assert.notDeepEqual(await compared(page, workspace, 'dark'), []);
  });
}

test('another theme would be noticed', async (t) => {
  const page = await opened(t, 'minimal', 'light');
  assert.notDeepEqual(await compared(page, 'minimal', 'dark'), []);
});
