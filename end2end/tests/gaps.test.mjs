/** What the page shows of trades that are known to be missing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { atEnd } from '../harness/cleanup.mjs';
import { chartOf } from '../harness/chart.mjs';
import { rest } from '../harness/market.mjs';
import { Server, dataFolder } from '../harness/server.mjs';
import { withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const { open } = withBrowser();
const recordings = process.env.TRADESUITE_MARKET_DATA ?? resolve(import.meta.dirname, '../../../shared/market-data');
const feed = resolve(recordings, 'coinbase/exchange-feed-2021-04-17.jsonl.gz');
const INSTRUMENT = 'coinbase:SKL-USD';
/** Ids of trades that are cut out of the recording. */
const CUT = [1568285, 1568295];

test('bars of which trades are missing are marked and say so', { skip: existsSync(feed) ? false : `left out: ${feed} is not here` }, async (t) => {
  const folder = await dataFolder(t);
  const frames = gunzipSync(await readFile(feed)).toString().split('\n');
  const isCut = (frame) => {
    const id = Number(/\\"type\\":\\"match\\",\\"trade_id\\":(\d+)/.exec(frame)?.[1]);
    return id >= CUT[0] && id <= CUT[1] && frame.includes('SKL-USD');
  };
  const holed = join(folder, 'holed.jsonl');
  await writeFile(holed, frames.filter((frame) => !isCut(frame)).join('\n'));
  const server = new Server([
    ...['replay', holed, '--exchange', 'coinbase', '--serve', '--speed', 'max'],
    ...['--bind', '127.0.0.1:0', '--data', join(folder, 'data')],
  ]);
  await server.ready();
  atEnd(t, () => server.stop());
  const missing = () => rest(server.url, 'gaps', { instrument: INSTRUMENT });
  const { gaps } = await until('the ledger', async () => {
    const answer = await missing();
    return answer.gaps.some((gap) => gap.kind === 'trades') ? answer : null;
  });
  const [gap] = gaps.filter(({ kind }) => kind === 'trades');

  const page = await open(t, server.url, { workspace: { instrument: INSTRUMENT, timeframe: '1s' } });
  const chart = chartOf(page);
  const { gaps: columns } = await chart.when('a marked column', (state) => state.gaps.length === 1);
  const said = () => page.getByTestId('legend-missing').innerText();
  await until('what the marks mean', async () => /missing in the marked bars/.test(await said()));
  assert.match(await page.getByTestId('chart-summary').textContent(), /trades are missing in 1 stretch in view/);

  const [[left, width]] = columns;
  await chart.point(left + width / 2, 100);
  await until('the reason', async () => (await said()).includes(gap.reason));
  const { hover } = await chart.when('a bar pointed at', (state) => state.hover);
  assert.ok(hover.time + 1_000 > gap.start && hover.time <= gap.end, 'the bar under the mark lacks trades');
  await chart.point(left - 20, 100);
  await until('nothing of the bar beside it', async () => !(await said()).includes(gap.reason));

  // Narrower than a bar it is a tick on the time axis, and the bars are left alone.
  await page.getByTestId('chart').focus();
  await page.keyboard.type('1m');
  await page.keyboard.press('Enter');
  const { gap_ticks: ticks, gaps: none, plot } = await chart.when('a tick', (state) => state.timeframe === '1m' && state.gap_ticks.length === 1);
  assert.deepEqual(none, []);
  await until('what the tick means', async () => /less than a bar where the time axis is marked/.test(await said()));
  assert.match(await page.getByTestId('chart-summary').textContent(), /1 gap shorter than a bar in view, the longest at /);
  const box = await chart.box();
  await page.mouse.move(box.x + ticks[0][0], box.y + box.height - 20);
  await until('the reason at the tick', async () => (await said()).includes(gap.reason));
  assert.ok(ticks[0][0] > 0 && ticks[0][0] < plot.width);
});
