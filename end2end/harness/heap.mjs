/** What a page costs in memory. */

/** Bytes that the page holds: its JavaScript heap after a collection, and its wasm memory. */
export async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const wasm = await page.evaluate(async () => {
    const script = document.querySelector('link[rel=modulepreload]').href;
    // Called again it answers with what already runs.
    const { memory } = await (await import(script)).default();
    return memory.buffer.byteLength;
  });
  return usedSize + wasm;
}
