/** Edges fall on device pixels: read back, no column of a bar is a blend of two colours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();

for (const ratio of [1, 1.25, 2]) {
  for (const theme of ['dark', 'light']) {
    test(`edges are sharp at ${ratio} device pixels per pixel, ${theme}`, async (t) => {
      const page = await site.open(t, { ratio, workspace: { theme } });
      const chart = chartOf(page);
      await chart.drawn();
      await checkSharp(page, chart, ratio);
      const { plot } = await chart.state();
      await chart.point(plot.width / 2, plot.height / 2);
      await page.mouse.wheel(0, -230);
      await page.mouse.move(1, 1);
      await checkSharp(page, chart, ratio);
    });
  }
}

async function checkSharp(page, chart, ratio) {
  const { found, width, covered } = await until('painted bars', async () => {
    const read = await readBars(page, (await chart.state()).plot);
    return read.found.some(({ opaque }) => opaque > 50) && read;
  });
  assert.equal(width, covered, 'the canvas has as many pixels as it covers');
  for (const { name, opaque, blended } of found) {
    assert.ok(opaque > 50, `${name} is painted`);
    assert.equal(blended, 0, `${blended} blended pixels of ${name} at ratio ${ratio}`);
  }
}

/**
 * Counts, for up and down, the pixels of exactly that colour and opaque, and those of nearly that colour and neither
 * opaque nor as transparent as the volume.
 */
function readBars(page, plot) {
  return page.getByTestId('chart').evaluate((canvas, { width, height }) => {
    const style = getComputedStyle(document.documentElement);
    const ratio = window.devicePixelRatio;
    const box = canvas.getBoundingClientRect();
    const { data } = canvas.getContext('2d').getImageData(0, 0, Math.floor(width * ratio), Math.floor(height * ratio));
    const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const found = ['up', 'down'].map((name) => {
      const wanted = rgb(style.getPropertyValue(`--${name}`).trim());
      const alphas = new Map();
      for (let at = 0; at < data.length; at += 4) {
        const alpha = data[at + 3];
        if (alpha === 0) continue;
        // Reading back divides by the opacity, so pale colours come back a little off.
        const isNear = wanted.every((value, channel) => Math.abs(data[at + channel] - value) <= (alpha === 255 ? 0 : 6));
        if (isNear) alphas.set(alpha, (alphas.get(alpha) ?? 0) + 1);
      }
      const opaque = alphas.get(255) ?? 0;
      const volume = Math.round(0.28 * 255);
      const blended = [...alphas].filter(([alpha]) => alpha < 255 && Math.abs(alpha - volume) > 1);
      return { name, opaque, blended: blended.reduce((sum, [, count]) => sum + count, 0) };
    });
    return {
      found,
      width: canvas.width,
      covered: Math.round(box.right * ratio) - Math.round(box.left * ratio),
    };
  }, plot);
}
