/** What scripts see of the market: REST, and the JSON side of `/ws/v1`. */

/**
 * `GET /api/v1/{call}`.
 * @param {string} base the server's address
 * @param {string} call such as `candles`
 * @param {Record<string, string | number>} query
 */
export async function rest(base, call, query = {}) {
  const url = new URL(`/api/v1/${call}`, base);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/**
 * Deletes what was arranged on the server, so that the next page begins with what is ready-made.
 * @param {string} base the server's address
 */
export async function forgetArrangements(base) {
  const { workspaces } = await rest(base, 'workspaces');
  const named = workspaces.map(({ name }) => `workspaces/${encodeURIComponent(name)}`);
  const paths = [...named, 'current-workspaces', 'settings'];
  for (const path of paths) {
    const answer = await fetch(new URL(`/api/v1/${path}`, base), { method: 'DELETE', headers: { 'if-match': '*' } });
    // 412: there is none.
    if (!answer.ok && answer.status !== 412) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }
}

/**
 * What is drawn on an instrument, as the server keeps it, with the version; nothing where nothing was ever saved.
 * @param {string} base the server's address
 * @param {string} instrument
 */
export async function drawingsOf(base, instrument) {
  const answer = await fetch(new URL(`/api/v1/drawings/${instrument}`, base));
  if (answer.status === 404) return { drawings: [], version: null };
  if (!answer.ok) throw new Error(`the drawings answered ${answer.status}: ${await answer.text()}`);
  return { ...(await answer.json()), version: answer.headers.get('etag') };
}

/**
 * Puts drawings in the place of those that the server keeps, as another program would.
 * @param {string} base the server's address
 * @param {string} instrument
 * @param {object[]} drawings
 */
export async function putDrawings(base, instrument, drawings) {
  const { version } = await drawingsOf(base, instrument);
  const headers = { 'content-type': 'application/json', ...(version ? { 'if-match': version } : { 'if-none-match': '*' }) };
  const body = JSON.stringify({ version: 1, drawings });
  const answer = await fetch(new URL(`/api/v1/drawings/${instrument}`, base), { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`the drawings answered ${answer.status}: ${await answer.text()}`);
}

/**
 * Keeps just these watchlists on the server, by name.
 * @param {string} base the server's address
 * @param {Record<string, string[]>} lists
 */
export async function keepWatchlists(base, lists) {
  const { watchlists } = await rest(base, 'watchlists');
  const ask = async (name, options) => {
    const answer = await fetch(new URL(`/api/v1/watchlists/${encodeURIComponent(name)}`, base), options);
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
  };
  for (const { name } of watchlists) await ask(name, { method: 'DELETE', headers: { 'if-match': '*' } });
  for (const [name, instruments] of Object.entries(lists)) {
    const body = JSON.stringify({ version: 1, name, instruments });
    await ask(name, { method: 'PUT', headers: { 'content-type': 'application/json', 'if-none-match': '*' }, body });
  }
}

/**
 * Opens a second socket inside the page and collects its messages in `window.heard`. Node 20 has
 * no WebSocket of its own, and the page's speaks MsgPack.
 * @param {import('playwright-core').Page} page
 * @param {string[]} topics
 */
export function listen(page, topics) {
  return page.evaluate(
    (wanted) =>
      new Promise((done, fail) => {
        window.heard = [];
        const socket = new WebSocket(`ws://${location.host}/ws/v1`);
        socket.onopen = () => socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: wanted }));
        socket.onerror = () => fail(new Error('the socket failed'));
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          if (message.op === 'ok') done();
          else if (message.op === 'error') fail(new Error(data));
          else window.heard.push(message);
        };
      }),
    topics,
  );
}

/** The messages that {@link listen} collected. */
export function heard(page) {
  return page.evaluate(() => window.heard);
}

/**
 * Trades of one bucket folded into its bar, by hand: the arithmetic that the test trusts.
 * Volumes are compared as whole counts of 10^-8, because sums of floats are not exact.
 */
export function foldTrades(trades) {
  const prices = trades.map((trade) => trade.price);
  return {
    open: prices[0],
    high: Math.max(...prices),
    low: Math.min(...prices),
    close: prices.at(-1),
    volume: trades.reduce((sum, trade) => sum + counts(trade.quantity), 0n),
  };
}

/** A figure as a whole count of 10^-8. */
export function counts(figure) {
  return BigInt(Math.round(Number(figure) * 1e8));
}
