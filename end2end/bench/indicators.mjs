/** RSI, MACD and averages of closes, computed once for a chart that has no indicators of its own. */

/** Exponential average, begun with the mean of the first `period`; `null` before. */
export function ema(values, period) {
  const weight = 2 / (period + 1);
  const found = [];
  let sum = 0;
  let last = null;
  for (const [at, value] of values.entries()) {
    sum += value;
    if (last !== null) last += weight * (value - last);
    else if (at === period - 1) last = sum / period;
    found.push(last);
  }
  return found;
}

/** Wilder's relative strength, 0 to 100. */
export function rsi(values, period = 14) {
  let [up, down] = [0, 0];
  return values.map((value, at) => {
    if (at === 0) return null;
    const change = value - values[at - 1];
    const [gain, loss] = [Math.max(change, 0), Math.max(-change, 0)];
    // The first averages are means.
    const isFirst = at <= period;
    up = isFirst ? up + gain / period : (up * (period - 1) + gain) / period;
    down = isFirst ? down + loss / period : (down * (period - 1) + loss) / period;
    return at < period ? null : 100 - 100 / (1 + up / (down || Number.EPSILON));
  });
}

/** The difference of two averages, its own average, and how far it is from that. */
export function macd(values, fast = 12, slow = 26, smooth = 9) {
  const [quick, calm] = [ema(values, fast), ema(values, slow)];
  const line = calm.map((value, at) => (value === null ? null : quick[at] - value));
  const begun = slow - 1;
  const signal = [...Array(begun).fill(null), ...ema(line.slice(begun), smooth)];
  const histogram = signal.map((value, at) => (value === null ? null : line[at] - value));
  return { line, signal, histogram };
}
