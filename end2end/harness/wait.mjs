/** Waiting for conditions. Nothing in the tests sleeps for a length of time and hopes. */

const LONGEST_MS = 30_000;
const STEP_MS = 50;

/**
 * Asks until the answer is true-like, and returns it.
 * @template T
 * @param {string} what what is waited for, for the message when it does not come
 * @param {() => Promise<T> | T} ask
 * @returns {Promise<T>}
 */
export async function until(what, ask, longest = LONGEST_MS) {
  const end = performance.now() + longest;
  let last;
  for (;;) {
    last = await ask();
    if (last) return last;
    if (performance.now() > end) throw new Error(`waited ${longest / 1000} s in vain for ${what}`);
    await new Promise((next) => setTimeout(next, STEP_MS));
  }
}
