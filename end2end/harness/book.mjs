/** Books from the socket's own messages, and the arithmetic that the tests of book and ladder trust. */
import { counts } from './market.mjs';
import { until } from './wait.mjs';

/** The book after each message of a topic, from its first snapshot on, by number: prices and sizes as counts of 10^-8. */
export function booksBySeq(messages, wanted) {
  const found = new Map();
  let sides;
  for (const { topic, seq, kind, data } of messages) {
    // Lines to the topics before are still open.
    if (topic !== wanted) continue;
    if (kind === 'snapshot') sides = { bids: new Map(), asks: new Map() };
    if (kind === 'stale') sides = undefined;
    if (!sides) continue;
    for (const side of ['bids', 'asks']) {
      for (const [price, size] of data[side]) {
        if (size === 0) sides[side].delete(counts(price));
        else sides[side].set(counts(price), counts(size));
      }
    }
    found.set(seq, { bids: new Map(sides.bids), asks: new Map(sides.asks) });
  }
  return found;
}

/** Levels joined at `step`, a count of 10^-8: bids down, asks up; best first, with running totals. */
export function joined(levels, step, isBid) {
  const groups = new Map();
  for (const [price, size] of levels) {
    const below = (price / step) * step;
    const at = isBid || below === price ? below : below + step;
    groups.set(at, (groups.get(at) ?? 0n) + size);
  }
  let total = 0n;
  const best = [...groups].sort(([a], [b]) => Number(isBid ? b - a : a - b));
  return best.map(([price, size]) => [price, size, (total += size)]);
}

/**
 * Waits until the panel stays with a depth. Wide steps ask for a deeper book once they see that the rows are not
 * filled; a topic that everybody has left begins its numbers anew.
 * @param {() => Promise<object | null>} facts what the panel shows
 * @param {number} step price step of a row
 */
export async function settled(facts, step) {
  let first;
  return until('a depth that stays', async () => {
    const shown = await facts();
    if (!shown || Number(shown.step) !== step) return null;
    if (first?.levels !== shown.levels || shown.seq < first.seq) first = shown;
    return shown.seq > first.seq + 3 ? shown.levels : null;
  });
}

/** The topic of a book with so many levels a side. */
export function topicOf(instrument, levels) {
  return levels === 50 ? `book/${instrument}` : `book/${instrument}/${levels}@${levels > 200 ? 250 : 100}`;
}
