/** The same drag over any chart, and what it cost. */
// The time from frame to frame says nothing here: driving the mouse from outside takes two frames a move.

const FRAMES = 120;
const STEP_PX = 7;
const TURN = 20;

/**
 * Drags to and fro over the box, one move a frame, and returns the milliseconds a frame of script, and of everything
 * that the page's main thread did.
 * @param {import('playwright-core').Page} page
 * @param {{x: number, y: number, width: number, height: number}} box
 */
export async function drag(page, box) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const y = box.y + box.height * 0.4;
  let x = box.x + box.width * 0.4;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await nextFrame(page);
  const before = await metrics(session);
  for (let frame = 0; frame < FRAMES; frame += 1) {
    x += Math.floor(frame / TURN) % 2 === 0 ? STEP_PX : -STEP_PX;
    await page.mouse.move(x, y);
    await nextFrame(page);
  }
  const after = await metrics(session);
  await page.mouse.up();
  await session.detach();
  const per = (name) => ((after[name] - before[name]) * 1000) / FRAMES;
  return { script: per('ScriptDuration'), task: per('TaskDuration') };
}

function nextFrame(page) {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done())));
}

async function metrics(session) {
  const { metrics: list } = await session.send('Performance.getMetrics');
  return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}
