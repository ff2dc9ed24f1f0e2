/**
 * Pictures of the ready-made workspaces, and comparing them so that fonts, prices and candles do not count: what is
 * left of a picture is where its panels begin and end, how much ink is in each, and a small blurred one in greys.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ready } from './dock.mjs';
import { until } from './wait.mjs';

/** The stored ones, CSS pixels. */
export const SIZE = { width: 1600, height: 960 };
export const WORKSPACES = ['trader', 'order-flow', 'monitor', 'minimal'];
export const THEMES = ['dark', 'light'];
export const folder = resolve(import.meta.dirname, '../pictures');
export const fileOf = (workspace, theme) => join(folder, `${workspace}-${theme}.png`);

/** Long enough for the tape to reach below the panel. */
const TAPE_ROWS = 60;
/** Pixels that an edge may lie elsewhere. */
const EDGE_PX = 3;
/** What the greys of two pictures may differ by on the whole, of 255. */
const GREY = 12;
/** What the shares of ink of two places may differ by: this much, and this part of the greater. */
const INK = { least: 0.01, part: 0.35 };

/** Opens a workspace anew and waits until all of it is drawn. */
export async function settle(page, workspace) {
  await ready(page, workspace);
  await page.mouse.move(2, 2);
  await until('drawn panels', () =>
    page.evaluate(() => {
      // Panels behind other tabs are in the page as well, and painted when they are looked at.
      const shown = [...document.querySelectorAll('[data-testid=panel]')].filter((panel) => panel.checkVisibility());
      const every = (name, holds) => shown.every((panel) => [...panel.querySelectorAll(`[data-testid${name}]`)].every(holds));
      // That there is no gap is no reason to wait.
      const isQuiet = every('$=-note', (note) => note.dataset.testid === 'gap-note' || !note.textContent.trim());
      return isQuiet && every('$=-summary', (node) => node.textContent) && every('=legend-close', (node) => /\d/.test(node.textContent));
    }),
  );
  await until(
    'a full tape',
    () =>
      page.evaluate((least) => {
        const all = [...document.querySelectorAll('[data-testid=tape-facts]')];
        const tape = all.find((node) => node.closest('[data-testid=panel]').checkVisibility());
        return !tape || (tape.textContent && JSON.parse(tape.textContent).rows >= least);
      }, TAPE_ROWS),
    60_000,
  );
  await page.waitForLoadState('networkidle');
}

/** A stored picture. */
export const stored = (workspace, theme) => readFile(fileOf(workspace, theme));

/**
 * What of a picture is compared.
 * @param {import('playwright-core').Page} scratch an empty page that reads it
 * @param {Buffer} png
 * @returns {Promise<{across: number[], down: number[], inks: number[], greys: number[]}>}
 */
export function readPicture(scratch, png) {
  return scratch.evaluate(read, png.toString('base64'));
}

/** Runs in the page. */
async function read(base64) {
  const [across, down, blur, gapShare] = [160, 96, 2, 0.15];
  // Bars that are tinted are no ink: they are as long as the market has it.
  const contrast = 48;
  const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const { width, height } = image;
  const surface = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  surface.drawImage(image, 0, 0);
  const { data } = surface.getImageData(0, 0, width, height);
  const at = (x, y) => 4 * (y * width + x);
  const grey = (x, y) => Math.round(0.299 * data[at(x, y)] + 0.587 * data[at(x, y) + 1] + 0.114 * data[at(x, y) + 2]);
  // Left of every panel there is ground.
  const ground = data.subarray(at(1, height >> 1), at(1, height >> 1) + 3).slice();
  const isGround = (x, y) => ground.every((value, channel) => Math.abs(data[at(x, y) + channel] - value) <= 1);

  /** Where straight gaps begin and end along one direction. */
  const edges = (count, length, isGap, least = gapShare) => {
    const lines = [];
    for (let line = 0; line < count; line += 1) {
      let [run, longest] = [0, 0];
      for (let place = 0; place < length; place += 1) {
        run = isGap(line, place) ? run + 1 : 0;
        longest = Math.max(longest, run);
      }
      if (longest >= length * least) lines.push(line);
    }
    const isEdge = (line, step) => !lines.includes(line + step);
    return lines.flatMap((line) => [...(isEdge(line, -1) ? [line] : []), ...(isEdge(line, 1) ? [line + 1] : [])]);
  };

  /** Share of the pixels between four edges that are not of the colour that most of them have. */
  const ink = ([left, right], [top, bottom]) => {
    const counts = new Uint32Array(256);
    for (let y = top; y < bottom; y += 1) for (let x = left; x < right; x += 1) counts[grey(x, y)] += 1;
    const most = counts.indexOf(Math.max(...counts));
    const inked = counts.reduce((sum, count, level) => sum + (Math.abs(level - most) > contrast ? count : 0), 0);
    return inked / ((right - left) * (bottom - top));
  };
  /** What lies between neighbouring edges, gaps left out. */
  const spans = (list) => list.slice(1).map((end, index) => [list[index], end]).filter(([start, end]) => end - start > 8);

  const small = new Float64Array(across * down);
  const cell = (x, y) => {
    const [left, right] = [Math.floor((x * width) / across), Math.floor(((x + 1) * width) / across)];
    const [top, bottom] = [Math.floor((y * height) / down), Math.floor(((y + 1) * height) / down)];
    let sum = 0;
    for (let row = top; row < bottom; row += 1) {
      for (let column = left; column < right; column += 1) {
        sum += grey(column, row);
      }
    }
    return sum / ((right - left) * (bottom - top));
  };
  for (let y = 0; y < down; y += 1) for (let x = 0; x < across; x += 1) small[y * across + x] = cell(x, y);
  const greys = [];
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      let [sum, count] = [0, 0];
      for (let row = Math.max(0, y - blur); row <= Math.min(down - 1, y + blur); row += 1) {
        for (let column = Math.max(0, x - blur); column <= Math.min(across - 1, x + blur); column += 1) {
          sum += small[row * across + column];
          count += 1;
        }
      }
      greys.push(sum / count);
    }
  }
  const columns = edges(width, height, (x, y) => isGround(x, y));
  const rows = edges(height, width, (y, x) => isGround(x, y));
  // Between the bar at the top and the one at the bottom every column of panels has its own rows.
  const [top, bottom] = [rows[1], rows.at(-2)];
  const rowsOf = ([left, right]) => [
    top,
    ...edges(bottom - top, right - left, (y, x) => isGround(left + x, top + y), 0.9).map((y) => top + y),
    bottom,
  ];
  const bars = [[rows[0], top], [bottom, rows.at(-1)]];
  const inks = spans(columns).flatMap((column) => [...bars, ...spans(rowsOf(column))].map((row) => ink(column, row)));
  return { across: columns, down: rows, inks, greys };
}

/** How much the greys of two read pictures differ on the whole. */
function greyDifference(one, other) {
  return one.greys.reduce((sum, grey, at) => sum + Math.abs(grey - other.greys[at]), 0) / one.greys.length;
}

/** What is wrong with a picture beside the stored one, in sentences; empty where nothing is. */
export function differences(seen, wanted) {
  const found = [];
  for (const direction of ['across', 'down']) {
    const [has, had] = [seen[direction], wanted[direction]];
    const isSame = has.length === had.length && has.every((at, index) => Math.abs(at - had[index]) <= EDGE_PX);
    if (!isSame) found.push(`edges ${direction} at ${has.join(', ')}, not at ${had.join(', ')}`);
  }
  if (found.length === 0) {
    const differs = (at) => {
      const [has, had] = [seen.inks[at], wanted.inks[at]];
      return Math.abs(has - had) > INK.least + INK.part * Math.max(has, had);
    };
    const percent = (share) => `${(share * 100).toFixed(1)} %`;
    for (const [at, share] of seen.inks.entries()) {
      if (differs(at)) found.push(`place ${at} has ${percent(share)} ink, not ${percent(wanted.inks[at])}`);
    }
  }
  const grey = greyDifference(seen, wanted);
  if (grey > GREY) found.push(`greys differ by ${grey.toFixed(1)}`);
  return found;
}
