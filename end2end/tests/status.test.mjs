/** The status panel: what it says of connections and store, and the gap ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atEnd } from '../harness/cleanup.mjs';
import { ready, tab } from '../harness/dock.mjs';
import { rest } from '../harness/market.mjs';
import { Server, dataFolder } from '../harness/server.mjs';
import { withBrowser } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const { open } = withBrowser();

test('a line that is cut leaves a gap in the ledger, with its reason and what became of it', async (t) => {
  const options = ['--bind', '127.0.0.1:0', '--instruments', 'BTC-USD,ETH-USD', '--rate', '200', '--seed', '5'];
  const simulator = await new Server(['simulate', ...options]).ready();
  atEnd(t, () => simulator.kill());
  const environment = { TRADESUITE_DEMO_ADDRESS: new URL(simulator.url).host };
  const server = await new Server(['serve', '--demo', '--data', await dataFolder(t), '--bind', '127.0.0.1:0'], environment).ready();
  atEnd(t, () => server.kill());
  const fault = async (plan) => {
    const answer = await fetch(`${simulator.url}/sim/faults`, { method: 'POST', body: JSON.stringify(plan) });
    assert.ok(answer.ok, `faults answered ${answer.status}`);
  };

  const page = await open(t, server.url);
  await ready(page, 'trader');
  await tab(page, 'Status').click();
  const ledger = page.getByTestId('gap-ledger');
  const note = () => ledger.getByTestId('gap-note').innerText();
  const { gaps: before } = await rest(server.url, 'gaps');
  if (before.length === 0) await until('the word about none', async () => /^No gaps since the server was started, /.test(await note()));

  await fault({ cut: '300ms' });
  await until('a gap', async () => (await rest(server.url, 'gaps')).gaps.length > before.length);
  await fault({ cut: null });
  const shown = () => ledger.getByTestId('gap-row').evaluateAll((all) => all.map((row) => [row.dataset.instrument, ...[...row.children].map((cell) => cell.textContent)]));
  await until('the ledger as REST has it', async () => {
    const { gaps } = await rest(server.url, 'gaps');
    const told = gaps.toReversed().map((gap) => [gap.instrument, gap.kind, gap.reason].join());
    const rows = (await shown()).map(([id, , kind, , , , why]) => [id, kind, why].join());
    return told.length > 0 && rows.join('\n') === told.slice(0, 100).join('\n');
  });
  const [[instrument]] = await shown();
  await ledger.getByTestId('gap-instrument').selectOption(instrument);
  await until('only of that instrument', async () => {
    const rows = await shown();
    return rows.length > 0 && rows.every(([id]) => id === instrument);
  });
  await ledger.getByTestId('gap-lost').check();
  await until('none that was filled', async () => (await shown()).every((row) => row[5] !== 'filled'));
});
