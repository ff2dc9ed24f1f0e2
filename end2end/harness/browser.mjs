/**
 * Opens pages in headless Chromium and notes what must never happen on one, nor in a window that it opens: an error on
 * the console, an uncaught exception or rejection, a failed request, anything from another host.
 */
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PREFERENCES_KEY = 'tradesuite.preferences';

/**
 * What the browser itself prints while the server is gone, to be given as `expected` by a test that takes it away:
 * which of them depends on how far a request had come when its connection ended.
 */
export const SERVER_GONE = [
  /WebSocket connection/,
  /net::ERR_(ABORTED|CONNECTION_(CLOSED|REFUSED|RESET)|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|SOCKET_NOT_CONNECTED)/,
];

/** Starts the browser. */
export function launch(flags = []) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
}

/**
 * @typedef {object} PageOptions
 * @property {number} [width] CSS pixels
 * @property {number} [height] CSS pixels
 * @property {number} [ratio] device pixels per CSS pixel
 * @property {{instrument?: string, timeframe?: string, theme?: string, zone?: string}} [workspace] what is looked at, and what a person prefers where the server has no preferences yet
 * @property {boolean} [touch] whether it is a touch screen
 * @property {string} [path] what to open there, query included; the first page where it is absent
 * @property {boolean} [facts] whether panels say in every frame what they show; what is measured must not have it
 * @property {(page: import('playwright-core').Page) => Promise<void>} [before] what to do before it is opened
 * @property {RegExp[]} [expected] problems that the test brings about itself
 */

/**
 * Opens the server's page.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {PageOptions} options
 */
export async function openPage(browser, url, options = {}) {
  const { width = 1280, height = 800, ratio = 1, workspace, touch = false, path = '/', facts = true, before, expected = [] } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: ratio,
    hasTouch: touch,
    colorScheme: 'dark',
    timezoneId: 'America/New_York',
    locale: 'en-US',
  });
  const { theme, zone, instrument, timeframe } = workspace ?? {};
  await context.addInitScript(
    // It runs on the empty page before the first one too, and that may keep nothing.
    ([key, kept]) => location.protocol === 'http:' && (localStorage.getItem(key) ?? localStorage.setItem(key, kept)),
    [PREFERENCES_KEY, JSON.stringify({ theme, zone })],
  );
  if (facts) await context.addInitScript(wantFacts);
  const problems = [];
  watch(context, new URL(url).host, problems);
  const page = await context.newPage();
  await before?.(page);
  const address = new URL(path, url);
  for (const [name, value] of Object.entries({ instrument, timeframe })) {
    if (value) address.searchParams.set(name, value);
  }
  await page.goto(address.href, { waitUntil: 'domcontentloaded' });
  return {
    page,
    /** What went wrong so far. */
    problems,
    /** Fails if anything happened that must not, and closes the page. */
    async close() {
      await context.close();
      const unexpected = problems.filter((problem) => !expected.some((one) => one.test(problem)));
      assert.deepEqual(unexpected, [], 'the page had problems');
    },
  };
}

/**
 * Runs in the page before anything else: panels are to say what they show in the frames that paint it, not seldom and
 * between frames. The document may have no element yet, and gets another where it is opened anew.
 */
function wantFacts() {
  const mark = () => document.documentElement?.setAttribute('data-facts', 'every');
  new MutationObserver(mark).observe(document, { childList: true });
  mark();
}

/**
 * Listens at the context, not at each page: a window that a page opens is announced only after it loaded,
 * and what it said before that would be missed.
 */
function watch(context, host, problems) {
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  // Rejections that nobody handles are among them.
  context.on('weberror', (error) => problems.push(`exception: ${error.error()?.message ?? error.error()}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isLocal = url.protocol === 'data:' || url.protocol === 'blob:';
    if (!isLocal && url.host !== host) problems.push(`another host: ${url}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) problems.push(`answer ${response.status()}: ${response.url()}`);
  });
  context.on('page', (page) => {
    page.on('crash', () => problems.push('the page crashed'));
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host !== host) problems.push(`another host: ${socket.url()}`);
    });
  });
}
