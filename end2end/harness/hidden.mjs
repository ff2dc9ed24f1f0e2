/** Pages that nobody looks at: headless browsers show every page, so that one has to be told. */

/**
 * Lets a page be hidden by `window.hide(true)` and shown again by `window.hide(false)`; to be called before it is opened.
 * Frames stop meanwhile, as they do in a tab behind.
 * @param {import('playwright-core').Page} page
 */
export function mayBeHidden(page) {
  return page.addInitScript(hideable);
}

/** Runs in the page before anything else: gives it a switch for being hidden. */
function hideable() {
  let isHidden = false;
  let waiting = new Map();
  let number = 1_000_000_000;
  Object.defineProperty(document, 'visibilityState', { get: () => (isHidden ? 'hidden' : 'visible') });
  Object.defineProperty(document, 'hidden', { get: () => isHidden });
  const [ask, forget] = [window.requestAnimationFrame.bind(window), window.cancelAnimationFrame.bind(window)];
  window.requestAnimationFrame = (paint) => {
    if (!isHidden) return ask((at) => (isHidden ? waiting.set((number += 1), paint) : paint(at)));
    number += 1;
    waiting.set(number, paint);
    return number;
  };
  window.cancelAnimationFrame = (frame) => void (waiting.delete(frame) || forget(frame));
  window.hide = (hidden) => {
    isHidden = hidden;
    document.dispatchEvent(new Event('visibilitychange'));
    if (hidden) return;
    const late = waiting;
    waiting = new Map();
    for (const paint of late.values()) ask(paint);
  };
}
