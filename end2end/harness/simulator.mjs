/** A simulated market of the test's own, which it can stop and break, and servers on it. */
import assert from 'node:assert/strict';
import { atEnd } from './cleanup.mjs';
import { Server, dataFolder } from './server.mjs';
import { until } from './wait.mjs';

/**
 * A market that outlives every server on it.
 * @param {import('node:test').TestContext} t
 */
export async function market(t) {
  const options = ['--bind', '127.0.0.1:0', '--instruments', 'BTC-USD', '--rate', '400', '--seed', '5'];
  const simulator = await new Server(['simulate', ...options]).ready();
  atEnd(t, () => simulator.kill());
  const data = await dataFolder(t);
  const address = new URL(simulator.url).host;
  return {
    /** Starts a server on it; all of them have one data folder. */
    serve: async (port = 0) => {
      const args = ['serve', '--demo', '--data', data, '--bind', `127.0.0.1:${port}`];
      const server = await new Server(args, { TRADESUITE_DEMO_ADDRESS: address }).ready();
      atEnd(t, () => server.kill());
      return server;
    },
    /** `pause`, `resume`, or `faults` with what to break. */
    control: async (call, body) => {
      const answer = await fetch(`${simulator.url}/sim/${call}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
      assert.ok(answer.ok, `${call} answered ${answer.status}`);
      return answer.json();
    },
  };
}

/** The tape's newest and oldest trade, and how many it holds. */
export async function tape(page) {
  const text = await page.getByTestId('tape-summary').textContent();
  const match = /^Newest trade (\d+): .*; (\d+) trades since (\d+)$/.exec(text);
  return match && { newest: Number(match[1]), count: Number(match[2]), oldest: Number(match[3]) };
}

/** Waits until the tape grows by itself, and tells the trade that was its newest before. */
export async function growing(page) {
  const begun = (await until('a tape', () => tape(page))).newest;
  await until('more trades', async () => (await tape(page)).newest > begun + 20);
  return begun;
}
