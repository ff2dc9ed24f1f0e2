/**
 * Reads the chart through its data summary: what it shows, in figures, without looking at pixels.
 *
 * The summary (`data-testid="chart-summary"`) carries
 * `data-instrument`, `data-timeframe`, `data-bars` (held), `data-first` (opening time of the oldest bar held),
 * `data-from`, `data-to` (opening times of the outermost visible bars), `data-spacing` (CSS pixels a bar),
 * `data-plot` (`WIDTHxHEIGHT`, CSS pixels), `data-last` (`TIME OPEN HIGH LOW CLOSE VOLUME` of the newest bar),
 * `data-price-labels`, `data-time-labels` (`PLACE=TEXT` by `|`, CSS pixels), and while the crosshair is shown
 * `data-hover` (like `data-last`) and `data-hover-x` (CSS pixels).
 */
import { until } from './wait.mjs';

/** @param {import('playwright-core').Page} page */
export function chartOf(page) {
  return new Chart(page);
}

class Chart {
  #page;

  constructor(page) {
    this.#page = page;
  }

  get canvas() {
    return this.#page.getByTestId('chart');
  }

  /** Where the chart lies on the page, CSS pixels. */
  box() {
    return this.canvas.boundingBox();
  }

  /** What it shows; `null` before it shows anything. */
  async state() {
    const raw = await this.#page
      .getByTestId('chart-summary')
      .evaluate((element) => ({ ...element.dataset }))
      .catch(() => null);
    return raw && Number(raw.bars) > 0 ? parse(raw) : null;
  }

  /** Waits until bars are drawn, of this instrument and timeframe where they are named. */
  drawn(instrument, timeframe) {
    return this.when('a drawn chart', (state) => {
      const isWanted = (wanted, shown) => wanted === undefined || wanted === shown;
      return isWanted(instrument, state.instrument) && isWanted(timeframe, state.timeframe);
    });
  }

  /** Waits until what it shows satisfies `holds`, and returns it. */
  when(what, holds, longest) {
    const ask = async () => {
      const state = await this.state();
      return state && holds(state) ? state : null;
    };
    return until(what, ask, longest);
  }

  /** Points at a place of the plot, CSS pixels from its top left corner. */
  async point(x, y) {
    const box = await this.box();
    await this.#page.mouse.move(box.x + x, box.y + y);
  }
}

function parse(raw) {
  const [width, height] = raw.plot.split('x').map(Number);
  return {
    instrument: raw.instrument,
    timeframe: raw.timeframe,
    bars: Number(raw.bars),
    first: Number(raw.first),
    from: Number(raw.from),
    to: Number(raw.to),
    spacing: Number(raw.spacing),
    plot: { width, height },
    last: bar(raw.last),
    hover: raw.hover ? { ...bar(raw.hover), x: Number(raw.hoverX) } : null,
    priceLabels: labels(raw.priceLabels),
    timeLabels: labels(raw.timeLabels),
  };
}

function bar(text) {
  const [time, open, high, low, close, volume] = text.split(' ').map(Number);
  return { time, open, high, low, close, volume };
}

function labels(text) {
  if (!text) return [];
  return text.split('|').map((label) => {
    const at = label.indexOf('=');
    return { at: Number(label.slice(0, at)), text: label.slice(at + 1) };
  });
}
