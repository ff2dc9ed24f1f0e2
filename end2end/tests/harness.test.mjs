/** The harness itself: a test whose page, or a window that it opened, had a problem fails. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { launch, openPage } from '../harness/browser.mjs';
import { until } from '../harness/wait.mjs';

let browser;
let server;
let url;
before(async () => {
  browser = await launch();
  server = createServer((request, response) => {
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/html' });
    const script = request.url === '/broken' ? '<script>console.error("out there")</script>' : '';
    response.end(`<!doctype html><link rel="icon" href="data:,"><title>A page</title>${script}`);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** Each runs in the page. */
const PROBLEMS = [
  ['an error on the console', () => console.error('it broke'), /console: it broke/],
  ['an exception', () => void setTimeout(() => { throw new Error('it threw'); }), /exception: it threw/],
  ['a rejection that nobody handles', () => void Promise.reject(new Error('it was refused')), /exception: it was refused/],
  ['a rejection without an error', () => void Promise.reject('no reason'), /exception: .*no reason/],
  ['an answer of 404', () => fetch('/missing').then(() => undefined), /answer 404/],
  ['an error in a window that it opened', () => void window.open('/broken'), /console: out there/],
];

for (const [name, cause, said] of PROBLEMS) {
  test(`${name} fails the test`, async () => {
    const { page, problems, close } = await openPage(browser, url);
    await page.evaluate(cause);
    await until('the browser to tell it', () => problems.some((problem) => said.test(problem)));
    await assert.rejects(close(), said);
  });
}

test('a quiet page does not, nor what the test expects', async () => {
  const { page, close } = await openPage(browser, url, { expected: [/on purpose/] });
  await page.evaluate(() => console.error('on purpose'));
  await close();
});
