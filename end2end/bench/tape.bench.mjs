/** Scrolling a tape of 100,000 rows: script and main thread a frame, and frames that came late. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, openPage } from '../harness/browser.mjs';
import { heapOf } from '../harness/heap.mjs';
import { Server, program } from '../harness/server.mjs';
import { until } from '../harness/wait.mjs';
import { folder } from './server.mjs';
import { megabytes, ms, table } from './table.mjs';

/** Nobody trades it in the simulated market, so that its trades are those imported here. */
const INSTRUMENT = 'coinbase:TAPE-USD';
const TRADES = 120_000;
const ROWS = 100_000;
const FRAMES = 300;
const LATE_MS = 25;

const data = folder();
const options = ['serve', '--demo', '--bind', '127.0.0.1:0', '--data', data];
// The first start makes the folder one of the simulated market.
await (await new Server(options).ready()).stop();
const file = join(folder(), 'trades.csv');
writeFileSync(file, trades());
execFileSync(program, ['import', 'trades', file, '--instrument', INSTRUMENT, '--data', data], { stdio: 'ignore' });
const server = await new Server(options).ready();
const browser = await launch();
try {
  const { page } = await openPage(browser, server.url, { facts: false, workspace: { instrument: INSTRUMENT } });
  const rows = async () => JSON.parse((await page.getByTestId('tape-facts').textContent()) || '{"rows":0}').rows;
  await until('a tape', async () => (await rows()) > 100);
  await page.getByTestId('tape').focus();
  await until(
    `${ROWS} rows`,
    async () => {
      await page.keyboard.press('End');
      return (await rows()) >= ROWS;
    },
    180_000,
  );
  const held = await rows();
  const found = await scroll(page);
  const nothing = await scroll(page, 0);
  table(`Scrolling ${held} rows of the tape, ${FRAMES} frames`, ['what', 'scrolling', 'the same page at rest'], [
    ['frames a second (wanted: 60)', found.fps.toFixed(1), nothing.fps.toFixed(1)],
    ['script a frame', ms(found.script), ms(nothing.script)],
    ['main thread a frame', ms(found.task), ms(nothing.task)],
    ['time from frame to frame, median', ms(found.median), ms(nothing.median)],
    [`frames later than ${LATE_MS} ms`, found.late, nothing.late],
    ['heap and wasm memory of the page', megabytes(await heapOf(page)), ''],
  ]);
} finally {
  await browser.close();
  await server.stop();
}

/** Turns the wheel within the page, once a frame: driving it from outside would take two frames a turn. */
async function scroll(page, step = 90) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const before = await metrics(session);
  const gaps = await page.evaluate(
    ([frames, pixels]) =>
      new Promise((done) => {
        const canvas = document.querySelector('[data-testid=tape]');
        const times = [];
        const turn = (at) => {
          times.push(at);
          if (times.length > frames) {
            done(times.slice(1).map((time, index) => time - times[index]));
            return;
          }
          // To and fro.
          const deltaY = Math.floor(times.length / 60) % 2 === 0 ? -pixels : pixels;
          if (pixels) canvas.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
          requestAnimationFrame(turn);
        };
        requestAnimationFrame(turn);
      }),
    [FRAMES, step],
  );
  const after = await metrics(session);
  await session.detach();
  const per = (name) => ((after[name] - before[name]) * 1000) / FRAMES;
  const sorted = [...gaps].sort((a, b) => a - b);
  return {
    script: per('ScriptDuration'),
    task: per('TaskDuration'),
    fps: (gaps.length * 1_000) / gaps.reduce((sum, gap) => sum + gap, 0),
    median: sorted[Math.floor(sorted.length / 2)],
    late: gaps.filter((gap) => gap > LATE_MS).length,
  };
}

async function metrics(session) {
  const { metrics: list } = await session.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

/** Trades of the last hours, none of which belong to one order. */
function trades() {
  const end = Date.now() - 60_000;
  const lines = ['ts_ms,id,side,price,amount'];
  for (let at = 0; at < TRADES; at += 1) {
    const side = (at * 7919) % 3 === 0 ? 'sell' : 'buy';
    const price = (64_000 + Math.sin(at / 900) * 400).toFixed(2);
    const amount = (((at * 7919) % 1_000) / 10_000 + 0.0001).toFixed(4);
    lines.push(`${end - (TRADES - at) * 50},${at + 1},${side},${price},${amount}`);
  }
  return `${lines.join('\n')}\n`;
}
