/** A line between page and server that can be cut without a word, as a network does it. */
import { connect, createServer } from 'node:net';
import { atEnd } from './cleanup.mjs';

/**
 * Passes on what comes on a port of its own.
 * @param {import('node:test').TestContext} t
 * @param {string} url the server's address
 */
export async function line(t, url) {
  const { hostname, port } = new URL(url);
  const ends = new Set();
  let isCut = false;
  const server = createServer((near) => {
    ends.add(near);
    near.on('close', () => ends.delete(near));
    near.on('error', () => near.destroy());
    // Taken, and never answered: as if the packets were lost.
    if (isCut) return;
    const far = connect(Number(port), hostname);
    ends.add(far);
    far.on('close', () => ends.delete(far));
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  atEnd(t, () => {
    ends.forEach((end) => end.destroy());
    server.close();
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** From now on nothing passes, and nobody is told. */
    cut() {
      isCut = true;
      for (const end of ends) {
        end.unpipe();
        end.pause();
        end.removeAllListeners('close');
      }
    },
    /** New connections pass again; the old ones stay as dead as they were. */
    mend() {
      isCut = false;
    },
  };
}
