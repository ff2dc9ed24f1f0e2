/** How a page keeps up: its frames, and what its main thread does for each. */

/**
 * Frames of a while, as the page itself is called for them.
 * @param {import('playwright-core').Page} page
 * @param {number} ms how long
 * @returns {Promise<number[]>} milliseconds from frame to frame
 */
export function frames(page, ms) {
  return page.evaluate(
    (length) =>
      new Promise((done) => {
        const gaps = [];
        let before;
        let end;
        const look = (at) => {
          if (before !== undefined) gaps.push(at - before);
          before = at;
          end ??= at + length;
          if (at < end) requestAnimationFrame(look);
          else done(gaps);
        };
        requestAnimationFrame(look);
      }),
    ms,
  );
}

/** Frames a second, and the share of those that the screen could have shown and did not get. */
export function pace(gaps, interval) {
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const dropped = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / interval) - 1), 0);
  return { fps: (gaps.length * 1_000) / total, dropped: dropped / (gaps.length + dropped) };
}

const CATEGORIES = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'devtools.timeline.frame'];

/**
 * Records a while by the browser's own tracing.
 * @param {import('playwright-core').Page} page
 * @param {() => Promise<unknown>} during
 * @returns {Promise<number[]>} milliseconds that the page's main thread worked, from the begin of a frame to the next
 */
export async function workPerFrame(page, during) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: CATEGORIES });
  await during();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  return perFrame(traceEvents);
}

/** Sums the tasks of the busiest page's main thread between the frames that it began. */
export function perFrame(events) {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const of = (name, { pid, tid }) => events.filter((event) => event.name === name && event.pid === pid && event.tid === tid);
  const tasks = mains.map((main) => of('RunTask', main).concat(of('ThreadControllerImpl::RunTask', main)).filter(({ dur }) => dur));
  const busiest = tasks.reduce((most, some, at) => (sum(some) > sum(tasks[most]) ? at : most), 0);
  const own = tasks[busiest].sort((a, b) => a.ts - b.ts);
  const begins = of('FireAnimationFrame', mains[busiest]).map(({ ts }) => ts).sort((a, b) => a - b);
  // A frame begins with the task that calls the page for it; several calls are of one frame.
  const starts = [];
  let at = 0;
  for (const begin of begins) {
    while (at + 1 < own.length && own[at + 1].ts <= begin) at += 1;
    if (starts.at(-1) !== at) starts.push(at);
  }
  return starts.slice(1).map((end, index) => sum(own.slice(starts[index], end)) / 1_000);
}

const sum = (tasks) => tasks.reduce((total, { dur }) => total + dur, 0);

/** A page with nothing but a canvas that is painted anew every frame. */
export async function openEmpty(browser, viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.setContent('<body style="margin:0"><canvas width="800" height="600"></canvas></body>');
  await page.evaluate(() => {
    const surface = document.querySelector('canvas').getContext('2d');
    const paint = (at) => {
      surface.clearRect(0, 0, 800, 600);
      surface.fillRect((at / 10) % 800, 0, 8, 600);
      requestAnimationFrame(paint);
    };
    requestAnimationFrame(paint);
  });
  return { page, close: () => context.close() };
}
