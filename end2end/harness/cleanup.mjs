/** What a test started is ended in reverse order: a page before its server, a server before its data folder. */
const endings = new WeakMap();

/**
 * Does something when the test ends, before what was asked for earlier.
 * @param {import('node:test').TestContext} t
 * @param {() => unknown} end
 */
export function atEnd(t, end) {
  const before = endings.get(t);
  endings.set(t, [...(before ?? []), end]);
  if (!before) t.after(() => unwind(endings.get(t)));
}

/** Ends everything even where one of the endings fails; the first failure is told. */
async function unwind(all) {
  const failures = [];
  for (const end of all.toReversed()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
