/** What axe-core has to say about a page. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/**
 * The serious and critical violations on the page as it is now, a line for each element.
 * @param {import('playwright-core').Page} page
 */
export async function violations(page) {
  // Not as a script of the page's own: its policy allows none but those that the server sent.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html, failureSummary }) => {
        const why = failureSummary.split('\n').slice(1).map((line) => line.trim()).join('; ');
        return `${id}: ${target.join(' ')} ${html.slice(0, 160)}: ${why}`;
      }),
    );
}
