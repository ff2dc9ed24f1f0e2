/** Opens the page with marks: when it became interactive, and when its chart was first drawn. */

/**
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{instrument?: string, timeframe?: string}} [workspace] what is looked at
 */
export async function openTimed(browser, url, workspace = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, bypassCSP: true });
  await context.addInitScript(mark);
  const page = await context.newPage();
  const query = new URLSearchParams({ timeframe: '1m', ...workspace });
  await page.goto(`${url}/?${query}`, { waitUntil: 'commit' });
  const times = await (await page.waitForFunction(() => window.marks?.drawn && window.marks)).jsonValue();
  return { page, times, close: () => context.close() };
}

/** Runs in the page before anything else. The page opens its socket as soon as it is mounted. */
function mark() {
  window.marks = {};
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      window.marks.interactive ??= performance.now();
    }
  };
  const look = () => {
    // Written in the frame that paints the bars.
    const legend = document.querySelector('[data-testid=legend-close]');
    if (/\d/.test(legend?.textContent ?? '')) window.marks.drawn = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
