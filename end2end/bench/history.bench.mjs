/** The page on a server that keeps 1,000,000 bars: first paint, and the page's memory, also after scrolling far back. */
import { execFileSync } from 'node:child_process';
import { chartOf } from '../harness/chart.mjs';
import { launch } from '../harness/browser.mjs';
import { heapOf } from '../harness/heap.mjs';
import { Server } from '../harness/server.mjs';
import { until } from '../harness/wait.mjs';
import { folder } from './server.mjs';
import { openTimed } from './timed.mjs';
import { median, megabytes, ms, table } from './table.mjs';

const RUNS = 5;
const SCROLLED = 20_000;

if (!process.env.FILL) {
  process.stdout.write('\nleft out: 1,000,000 bars (FILL names no program that makes them; scripts/bench does)\n');
  process.exit(0);
}
const data = folder();
execFileSync(process.env.FILL, [data], { stdio: 'inherit' });
const server = await new Server(['serve', '--demo', '--bind', '127.0.0.1:0', '--data', data]).ready();
const browser = await launch();
try {
  const times = [];
  let opened;
  for (let run = 0; run < RUNS; run += 1) {
    await opened?.close();
    opened = await openTimed(browser, server.url, { instrument: 'coinbase:BTC-USD', timeframe: '1m' });
    times.push(opened.times);
  }
  const atFirst = await heapOf(opened.page);
  const chart = chartOf(opened.page);
  await chart.canvas.focus();
  await until(
    `${SCROLLED} bars`,
    async () => {
      await opened.page.keyboard.press('PageUp');
      return (await chart.state()).bars >= SCROLLED;
    },
    120_000,
  );
  const later = await heapOf(opened.page);
  const middle = (read) => ms(median(times.map(read)));
  table('1,000,000 bars of history on the server', ['what', 'measured', 'wanted'], [
    [`page interactive to a drawn chart, median of ${RUNS}`, middle(({ drawn, interactive }) => drawn - interactive), '300 ms'],
    [`navigation to a drawn chart, median of ${RUNS}`, middle(({ drawn }) => drawn), '1.5 s'],
    ['heap and wasm memory of the page', megabytes(atFirst), '100 MB'],
    [`the same with ${SCROLLED} bars scrolled through`, megabytes(later), '100 MB'],
    ['resident memory of the server', megabytes(await server.memory()), '150 MB'],
  ]);
} finally {
  await browser.close();
  await server.stop();
}
