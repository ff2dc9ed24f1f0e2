/**
 * Reads the chart through the figures that it exposes (`data-testid="chart-facts"`, see `src/ui/chart/facts.rs`): what it
 * shows, without looking at pixels. They are written several times a second.
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
    const text = await this.#page.getByTestId('chart-facts').textContent();
    return text ? parse(JSON.parse(text)) : null;
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

  /** The legend's figures: the bar pointed at, else the last one. Written in the frame that paints it. */
  legend() {
    return this.#page.evaluate(() => {
      const figure = (name) => document.querySelector(`[data-testid=legend-${name}]`);
      const [open, high, low, close] = ['open', 'high', 'low', 'close'].map((name) =>
        Number(figure(name).textContent.replaceAll(',', '')),
      );
      // It is shown in four digits.
      return { open, high, low, close, volume: Number(figure('volume').dataset.exact) };
    });
  }

  /** Points at a place of the plot, CSS pixels from its top left corner. */
  async point(x, y) {
    const box = await this.box();
    await this.#page.mouse.move(box.x + x, box.y + y);
    await this.painted();
  }

  /** Waits until what happened so far is painted. */
  painted() {
    return this.#page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    );
  }
}

function parse(facts) {
  const label = ([at, text]) => ({ at, text });
  return {
    ...facts,
    plot: { width: facts.plot[0], height: facts.plot[1] },
    last: bar(facts.last),
    hover: facts.hover && { ...bar(facts.hover), x: facts.hover.x },
    priceLabels: facts.price_labels.map(label),
    timeLabels: facts.time_labels.map(label),
  };
}

/** The figures as numbers, so that they compare with REST's. */
function bar({ time, open, high, low, close, volume }) {
  return { time, open: +open, high: +high, low: +low, close: +close, volume: +volume };
}
