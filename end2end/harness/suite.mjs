/** What every test file needs: one browser, one server on the simulated market, pages that are checked at their end. */
import { after, before, beforeEach } from 'node:test';
import { atEnd } from './cleanup.mjs';
import { launch, openPage } from './browser.mjs';
import { forgetArrangements } from './market.mjs';
import { dataFolder, serve } from './server.mjs';

/**
 * A browser for the whole file.
 * @returns {{open: (t: import('node:test').TestContext, url: string, options?: import('./browser.mjs').PageOptions) => Promise<import('playwright-core').Page>}}
 */
export function withBrowser() {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());
  return {
    async open(t, url, options) {
      const opened = await openPage(browser, url, options);
      atEnd(t, () => opened.close());
      return opened.page;
    },
  };
}

/**
 * A browser, and a server on the simulated market, for the whole file.
 * @param {string[]} options of `tradesuite serve` beside `--demo`
 */
export function withDemo(...options) {
  const { open } = withBrowser();
  let server;
  before(async (t) => {
    server = await demo(t ?? { after }, ...options);
  });
  // What one test arranges is kept on the server, and would be the next one's.
  beforeEach(() => forgetArrangements(server.url));
  after(() => server?.stop());
  return {
    get url() {
      return server.url;
    },
    get server() {
      return server;
    },
    open: (t, pageOptions) => open(t, server.url, pageOptions),
  };
}

/** A server on the simulated market with a data folder of its own. */
export async function demo(t, ...options) {
  return serve('--demo', '--seed', '1', '--data', await dataFolder(t), ...options);
}
