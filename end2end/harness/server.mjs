/**
 * Starts the server under test and stops it again, with every process it started.
 *
 * `SERVER` names the program (default: the debug build), `LEPTOS_SITE_ROOT` the page built with it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { atEnd } from './cleanup.mjs';

const project = resolve(import.meta.dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(project, 'target');
/** The server under test. */
export const program = process.env.SERVER ?? join(target, 'debug/tradesuite');
const site = process.env.LEPTOS_SITE_ROOT ?? join(project, 'target/site-debug');

const START_MS = 60_000;
const STOP_MS = 15_000;
const LOG_CHARS = 20_000;

/** A running server. */
export class Server {
  #child;
  #log = '';
  #exited;

  /**
   * @param {string[]} args everything after the program's name
   * @param {Record<string, string>} [environment] beside this process's own
   */
  constructor(args, environment = {}) {
    this.#child = spawn(program, args, {
      cwd: project,
      // A group of its own, so that the market it simulates ends with it even when it is killed.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LEPTOS_OUTPUT_NAME: 'tradesuite',
        LEPTOS_SITE_ROOT: site,
        LEPTOS_SITE_PKG_DIR: 'pkg',
        ...environment,
      },
    });
    this.#exited = new Promise((done) => {
      this.#child.once('exit', (code, signal) => done(signal ?? code));
      this.#child.once('error', (error) => done(error.message));
    });
    this.#child.stderr.setEncoding('utf8');
    this.#child.stderr.on('data', (text) => {
      this.#log = (this.#log + text).slice(-LOG_CHARS);
    });
    running.add(this);
    this.#exited.then(() => running.delete(this));
  }

  /** The address it listens on, such as `http://127.0.0.1:40123`. */
  url = '';

  get pid() {
    return this.#child.pid;
  }

  /** The end of what it logged. */
  get log() {
    return this.#log;
  }

  /** Waits for the line that says where it listens. */
  async ready() {
    const line = new Promise((found) => {
      let seen = '';
      this.#child.stdout.setEncoding('utf8');
      this.#child.stdout.on('data', (text) => {
        seen = (seen + text).slice(-LOG_CHARS);
        const match = /listening on (http:\/\/\S+)/.exec(seen);
        if (match) found(match[1]);
      });
    });
    const ended = this.#exited.then((how) => Promise.reject(new Error(`it ended with ${how}`)));
    const late = timeout(START_MS, `no address within ${START_MS / 1000} s`);
    try {
      this.url = await Promise.race([line, ended, late.promise]);
    } catch (error) {
      this.kill();
      throw new Error(`${program} did not start: ${error.message}\n${this.#log}`);
    } finally {
      late.cancel();
    }
    return this;
  }

  /** Asks it to end, as a service manager would, and waits until it has. */
  async stop() {
    const late = timeout(STOP_MS, `it did not end within ${STOP_MS / 1000} s of SIGTERM`);
    this.#child.kill('SIGTERM');
    try {
      return await Promise.race([this.#exited, late.promise]);
    } finally {
      late.cancel();
      this.kill();
    }
  }

  /** Kills it and what it started, at once. */
  kill() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  }

  /** Resident memory of the server itself, bytes. */
  async memory() {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) * 1024;
  }
}

const running = new Set();
process.on('exit', () => running.forEach((server) => server.kill()));
// The test runner ends a file's process by a signal, which by itself runs no handler of the exit.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/**
 * Starts `tradesuite serve` on a free port.
 * @param {string[]} options such as `--demo`; a data folder is needed among them or by {@link dataFolder}
 */
export async function serve(...options) {
  return new Server(['serve', '--bind', '127.0.0.1:0', ...options]).ready();
}

/** A data folder that is removed when the test ends. */
export async function dataFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), 'tradesuite-end2end-'));
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

function timeout(ms, message) {
  let timer;
  const promise = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(message)), ms);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}
