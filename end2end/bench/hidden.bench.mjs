/**
 * Six panels hidden for HIDDEN_S seconds (600) on a market of 2,000 events a second: the page's memory, and the time from its
 * return until everything in it is of now.
 *
 * Headless Chromium hides no page. So the page is told that it is hidden, and gets no frames while it is, as of a browser.
 */
import { openPage } from '../harness/browser.mjs';
import { chartOf } from '../harness/chart.mjs';
import { heapOf } from '../harness/heap.mjs';
import { mayBeHidden } from '../harness/hidden.mjs';
import { keepSix, onBusyMarket, openSix } from './arrange.mjs';
import { frames } from './load.mjs';
import { megabytes, ms, table } from './table.mjs';

const HIDDEN_MS = Number(process.env.HIDDEN_S ?? 600) * 1_000;
const WARM_MS = 10_000;
const SAMPLES = 10;
const WHOLE_MS = 20_000;

await onBusyMarket(async (browser, url) => {
  await keepSix(url);
  const { page, close } = await openPage(browser, url, { width: 1600, height: 960, facts: false, before: mayBeHidden });
  await chartOf(page).drawn();
  await openSix(page);
  await frames(page, WARM_MS);
  const heaps = [await heapOf(page)];
  await page.evaluate(() => window.hide(true));
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    await new Promise((next) => setTimeout(next, HIDDEN_MS / SAMPLES));
    heaps.push(await heapOf(page));
  }
  const whole = await page.evaluate(comeBack, WHOLE_MS);
  await frames(page, WARM_MS);
  heaps.push(await heapOf(page));
  await close();
  table(`Six panels hidden for ${HIDDEN_MS / 1_000} s at 2,000 events a second`, ['what', 'measured', 'wanted'], [
    ['heap and wasm memory before', megabytes(heaps[0]), ''],
    ['the highest while hidden', megabytes(Math.max(...heaps.slice(1, -1))), 'bounded'],
    ['ten seconds after', megabytes(heaps.at(-1)), ''],
    ['from its return until chart, book, ladder and tape are of now', ms(whole), '1 s'],
  ]);
});

/** Runs in the page: shows it again, and waits until each panel has said something that is not what it said before. */
function comeBack(longest) {
  const names = ['legend-close', 'book-summary', 'ladder-summary', 'tape-summary'];
  const text = (name) => document.querySelector(`[data-testid=${name}]`).textContent;
  const newest = () => Number(/Newest trade (\d+)/.exec(text('tape-summary'))?.[1]);
  const said = names.map(text);
  const trade = newest();
  const begun = performance.now();
  window.hide(false);
  return new Promise((done, fail) => {
    const look = () => {
      const now = performance.now();
      // A trade of now: many were missed meanwhile, and one more would only be the next of then.
      const isNow = names.every((name, at) => text(name) !== said[at]) && newest() > trade + 10;
      const notes = [...document.querySelectorAll('[data-testid=panel] [data-testid$=-note]')];
      const isBusy = notes.some((note) => note.checkVisibility() && note.textContent.trim());
      if (isNow && !isBusy) done(now - begun);
      else if (now - begun > longest) fail(new Error(`not whole after ${longest} ms`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}
