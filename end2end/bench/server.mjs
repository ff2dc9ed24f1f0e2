/** A server for a benchmark, with a data folder that goes with the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from '../harness/server.mjs';

/** A folder that is removed when this process ends. */
export function folder() {
  const made = mkdtempSync(join(tmpdir(), 'tradesuite-bench-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

/**
 * Starts a server on the simulated market.
 * @param {Record<string, string>} [environment] beside this process's own
 */
export function demoServer(environment) {
  const args = ['serve', '--demo', '--seed', '1', '--bind', '127.0.0.1:0', '--data', folder()];
  return new Server(args, environment).ready();
}
