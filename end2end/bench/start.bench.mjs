/** From nothing to a chart: start-up of the server, its memory, and the page from navigation to a drawn chart. */
import { chartOf } from '../harness/chart.mjs';
import { launch } from '../harness/browser.mjs';
import { heapOf } from '../harness/heap.mjs';
import { Server } from '../harness/server.mjs';
import { until } from '../harness/wait.mjs';
import { folder } from './server.mjs';
import { openTimed } from './timed.mjs';
import { median, megabytes, ms, table } from './table.mjs';

const RUNS = 5;
/** How long the demo market runs before memory is read. */
const SETTLE_MS = Number(process.env.SETTLE_S ?? 120) * 1_000;

const starts = [];
const data = folder();
let server;
for (let run = 0; run < RUNS; run += 1) {
  await server?.stop();
  const begun = performance.now();
  server = await new Server(['serve', '--demo', '--bind', '127.0.0.1:0', '--data', data]).ready();
  starts.push(performance.now() - begun);
}

const browser = await launch();
try {
  const drawn = [];
  const painted = [];
  let heap;
  for (let run = 0; run < RUNS; run += 1) {
    const { page, times, close } = await openTimed(browser, server.url);
    drawn.push(times.drawn);
    painted.push(times.drawn - times.interactive);
    heap = await heapOf(page);
    await close();
  }
  const { page, close } = await openTimed(browser, server.url);
  await chartOf(page).drawn();
  const settled = performance.now() + SETTLE_MS;
  let peak = 0;
  await until(
    'the market to have run a while',
    async () => {
      peak = Math.max(peak, await server.memory());
      return performance.now() > settled;
    },
    SETTLE_MS + 10_000,
  );
  const later = await heapOf(page);
  await close();
  table('From nothing to a chart', ['what', 'measured', 'wanted'], [
    [`start of the process to its address, first start`, ms(starts[0]), '1 s'],
    [`the same, median of ${RUNS}`, ms(median(starts)), '1 s'],
    [`navigation to a drawn chart, median of ${RUNS}`, ms(median(drawn)), '1.5 s'],
    [`page interactive to a drawn chart, median of ${RUNS}`, ms(median(painted)), '300 ms'],
    [`heap and wasm memory of the page`, megabytes(heap), '100 MB'],
    [`the same after ${SETTLE_MS / 1000} s`, megabytes(later), '100 MB'],
    [`highest resident memory of the server in ${SETTLE_MS / 1000} s with one page`, megabytes(peak), '150 MB'],
  ]);
} finally {
  await browser.close();
  await server.stop();
}
