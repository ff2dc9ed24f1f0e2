/** Panels of the page and how they are arranged. */
import { until } from './wait.mjs';

/** Kind and area of every panel that shows, by kind. */
export async function panels(page) {
  const found = await page.getByTestId('panel').evaluateAll((all) =>
    all.filter((panel) => panel.checkVisibility()).map((panel) => {
      const { x, y, width, height } = panel.getBoundingClientRect();
      return [panel.dataset.kind, { x, y, width, height }];
    }),
  );
  return Object.fromEntries(found);
}

/** Kinds of the panels that show, sorted. */
export const kinds = async (page) => Object.keys(await panels(page)).sort();

/** Waits until the page has its panels. */
export const docked = (page) => until('the panels', async () => (await kinds(page)).includes('chart'));

/** Waits until panels of just these kinds show. */
export const shows = (page, ...wanted) =>
  until(`just ${wanted.join(', ')}`, async () => JSON.stringify(await kinds(page)) === JSON.stringify(wanted.toSorted()));

export const tab = (page, name) => page.getByRole('tab', { name, exact: true });

/** The middle of something on the page, CSS pixels of the window. */
export async function middle(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}

/** Opens a ready-made workspace anew, whatever other tests made of it. */
export async function ready(page, name) {
  const button = page.getByTestId(`workspace-${name}`);
  const isRead = async () => (await page.getByTestId('workspaces').getAttribute('aria-busy')) === 'false';
  await until('the workspace of before', isRead);
  await button.click();
  await until(`the workspace ${name}`, async () => (await button.getAttribute('aria-pressed')) === 'true' && (await isRead()));
}

/** Chooses the first instrument that a search finds. */
export async function choose(page, search, symbol) {
  await page.getByTestId('instrument').click();
  await page.getByTestId('instrument-search').fill(search);
  const first = page.getByTestId('instrument-option').first();
  await until(`${symbol} in the list`, async () => (await first.innerText().catch(() => '')).includes(symbol));
  await page.keyboard.press('Enter');
  await until(symbol, async () => (await page.getByTestId('instrument').innerText()).includes(symbol));
}

/** The symbol of every chart, in the order of their numbers. */
export async function symbols(page) {
  const legends = await page.getByTestId('legend').allInnerTexts();
  return legends.map((text) => text.trim().split(/\s/)[0]);
}
