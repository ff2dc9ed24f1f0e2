/** Keeping the workspace: nothing that a person changed is lost, and nobody is asked without need. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atEnd } from '../harness/cleanup.mjs';
import { choose, docked, kinds, ready, shows, symbols, tab } from '../harness/dock.mjs';
import { rest } from '../harness/market.mjs';
import { demo, withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const SAVES = '**/fn/save_document*';
const { open } = withBrowser();

/** A server of the test's own, since all tests arrange the same few workspaces. */
async function served(t) {
  const server = await demo(t);
  atEnd(t, () => server.stop());
  return server;
}

async function opened(t, server, options) {
  const page = await open(t, server.url, options);
  await docked(page);
  return page;
}

const isSaved = async (server, name) => (await fetch(new URL(`/api/v1/workspaces/${name}`, server.url))).ok;
const count = (page, id) => page.getByTestId(id).count();
const said = async (page, id) => ((await count(page, id)) > 0 ? page.getByTestId(id).innerText() : '');

async function maximise(page, name) {
  await tab(page, name).click();
  await page.keyboard.press('Alt+Enter');
}

test('a reload leaves every panel looking at what it looked at, and attends to the same one', async (t) => {
  const server = await served(t);
  const page = await opened(t, server);
  await ready(page, 'monitor');
  const looksAt = (...wanted) => until(wanted.join(', '), async () => (await symbols(page)).join() === wanted.join());
  await looksAt('BTC-USD', 'ETH-USD', 'SOL-USD', 'XRP-USD');
  await page.getByTestId('panel').nth(2).click({ position: { x: 100, y: 100 } });
  await until('the third', async () => /SOL-USD/.test(await page.getByTestId('instrument').innerText()));
  await choose(page, 'ltc', 'LTC-USD');
  await looksAt('BTC-USD', 'ETH-USD', 'LTC-USD', 'XRP-USD');
  const links = async () => {
    if (!(await isSaved(server, 'Monitor'))) return null;
    const { links: held } = await rest(server.url, 'workspaces/Monitor');
    return ['blue', 'orange', 'green', 'red'].map((colour) => held[colour].instrument).join();
  };
  const wanted = 'coinbase:BTC-USD,coinbase:ETH-USD,coinbase:LTC-USD,coinbase:XRP-USD';
  await until('the server to hold it', async () => (await links()) === wanted);
  await page.reload();
  await looksAt('BTC-USD', 'ETH-USD', 'LTC-USD', 'XRP-USD');
  await until('the attended one', async () => /LTC-USD/.test(await page.getByTestId('instrument').innerText()));
  await until('a live line', async () => /Coinbase live/.test(await page.getByTestId('link').innerText()));
  // What is changed next is saved with what the page took the rest to be.
  await maximise(page, 'Status');
  await until('the server to hold that', async () => JSON.stringify(await rest(server.url, 'workspaces/Monitor')).includes('maximised'));
  assert.equal(await links(), wanted);
});

test('an address that a person opens is obeyed', async (t) => {
  const server = await served(t);
  const page = await opened(t, server);
  await choose(page, 'ltc', 'LTC-USD');
  await page.goto(new URL('/?instrument=coinbase:ETH-USD&timeframe=1h', server.url).href);
  await until('ETH-USD', async () => /ETH-USD/.test(await page.getByTestId('instrument').innerText()));
});

test('what could not be saved is said, survives a reload and is saved as soon as it can be', async (t) => {
  const server = await served(t);
  const page = await opened(t, server, { expected: [/ERR_FAILED/] });
  await ready(page, 'minimal');
  await page.route(SAVES, (route) => route.abort());
  await tab(page, 'Tape').click();
  await shows(page, 'chart', 'tape');
  await until('the word about it', async () => /^\W*Minimal is kept in this browser only/.test(await said(page, 'unsaved')));
  await page.reload();
  await shows(page, 'chart', 'tape');
  await until('the word again', async () => (await count(page, 'unsaved')) === 1);
  assert.equal(await isSaved(server, 'Minimal'), false);
  await page.unroute(SAVES);
  await until('the server to hold it', () => isSaved(server, 'Minimal'));
  await until('no word any more', async () => (await count(page, 'unsaved')) === 0);
  assert.equal(await count(page, 'overtaken'), 0);
});

test('a save that arrives although its answer does not is no work of another window', async (t) => {
  const server = await served(t);
  const page = await opened(t, server, { expected: [/ERR_FAILED/] });
  await ready(page, 'minimal');
  let isLost = false;
  await page.route(SAVES, async (route) => {
    // Which workspace is shown is saved too, and nobody waits for that.
    if (isLost || !route.request().postDataBuffer().includes('workspaces')) return route.continue();
    isLost = true;
    await route.fetch();
    return route.abort();
  });
  await tab(page, 'Tape').click();
  await until('the word about it', async () => (await count(page, 'unsaved')) === 1);
  await until('no word any more', async () => (await count(page, 'unsaved')) === 0);
  assert.equal(await count(page, 'overtaken'), 0);
  await shows(page, 'chart', 'tape');
});

test('the work of another window is taken by one click', async (t) => {
  const server = await served(t);
  const [mine, theirs] = [await opened(t, server), await opened(t, server)];
  for (const page of [mine, theirs]) await ready(page, 'minimal');
  await shows(mine, 'book', 'chart');
  await tab(theirs, 'Tape').click();
  await until('their work on the server', () => isSaved(server, 'Minimal'));
  await maximise(mine, 'Chart');
  await shows(mine, 'chart');
  await mine.getByTestId('take-theirs').click();
  await shows(mine, 'chart', 'tape');
  assert.equal(await count(mine, 'overtaken'), 0);
  await maximise(mine, 'Tape');
  await shows(mine, 'tape');
  await until('it on the server', async () => JSON.stringify(await rest(server.url, 'workspaces/Minimal')).includes('maximised'));
  assert.equal(await count(mine, 'overtaken'), 0);
});

test('what was not saved is not given up for what another window saved meanwhile', async (t) => {
  const server = await served(t);
  const mine = await opened(t, server, { expected: [/ERR_FAILED/] });
  const theirs = await opened(t, server);
  for (const page of [mine, theirs]) await ready(page, 'minimal');
  await shows(mine, 'book', 'chart');
  await mine.route(SAVES, (route) => route.abort());
  await maximise(mine, 'Chart');
  await until('the word about it', async () => (await count(mine, 'unsaved')) === 1);
  await tab(theirs, 'Tape').click();
  await until('their work on the server', () => isSaved(server, 'Minimal'));
  await mine.reload();
  await until('the question', async () => (await count(mine, 'overtaken')) === 1);
  assert.deepEqual(await kinds(mine), ['chart']);
  await mine.unroute(SAVES);
  await mine.getByTestId('keep-mine').click();
  await until('it on the server', async () => JSON.stringify(await rest(server.url, 'workspaces/Minimal')).includes('maximised'));
  assert.equal(await count(mine, 'overtaken'), 0);
});

test('a document that the page does not understand is left as it is', async (t) => {
  const server = await served(t);
  const saves = [];
  const newer = { version: 7, text: '{"version":99}' };
  const page = await opened(t, server, {
    before: async (one) => {
      // Preferences and the first watchlist are another matter.
      const isWorkspace = (request) => !/^.{0,16}(settings|watchlists)/s.test(request.postDataBuffer()?.toString('latin1') ?? '');
      one.on('request', (request) => /\/fn\/save_document/.test(request.url()) && isWorkspace(request) && saves.push(request.url()));
      await one.route(/\/fn\/document\?.*workspaces/, (route) => route.fulfill({ json: newer }));
    },
  });
  await until('the word about it', async () => /Trader .*cannot be read.* left as it is/s.test(await said(page, 'unsaved')));
  await tab(page, 'Ladder').click();
  await until('the ladder', async () => (await kinds(page)).includes('ladder'));
  await page.getByTestId('workspace-monitor').click();
  await until('the refusal', async () => /Monitor was not opened/.test(await said(page, 'refusal')));
  await page.reload();
  await until('the ladder again', async () => (await kinds(page)).includes('ladder'));
  await until('the word again', async () => (await count(page, 'unsaved')) === 1);
  assert.deepEqual(saves, [], 'nothing is written over it');
});
