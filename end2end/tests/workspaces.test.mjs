/** Workspaces by their names: saved as another, renamed, deleted, set back, and as files. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { chartOf } from '../harness/chart.mjs';
import { kinds, ready, shows, tab } from '../harness/dock.mjs';
import { rest } from '../harness/market.mjs';
import { withDemo } from '../harness/suite.mjs';
import { until } from '../harness/wait.mjs';

const site = withDemo();
const byId = (page, id) => page.getByTestId(id);
const names = async () => (await rest(site.url, 'workspaces')).workspaces.map(({ name }) => name).sort();
const document = (name) => rest(site.url, `workspaces/${encodeURIComponent(name)}`);
const isClosed = (page) => until('the question is closed', async () => (await byId(page, 'question').count()) === 0);

async function opened(t) {
  const page = await site.open(t);
  await chartOf(page).drawn();
  return page;
}

/** Chooses a line of the menu of workspaces. */
async function choose(page, id) {
  await byId(page, 'workspace-menu').click();
  await byId(page, id).click();
}

async function answer(page, name) {
  if (name !== undefined) await byId(page, 'question-name').fill(name);
  await byId(page, 'question-yes').click();
}

const isShown = (page, name) =>
  until(`${name} is shown`, async () => (await byId(page, 'workspace-menu').innerText()).includes(name));

async function saveAs(page, name) {
  await choose(page, 'workspace-save-as');
  await answer(page, name);
  await isClosed(page);
  await isShown(page, name);
}

async function pick(page, name, text) {
  await byId(page, 'question-file').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
}

test('a workspace is saved under another name, and another browser has it', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await saveAs(page, 'Mine ½');
  assert.ok((await names()).includes('Mine ½'));
  await tab(page, 'Order book').click();
  await page.keyboard.press('Alt+w');
  // The tape was a tab behind it.
  await shows(page, 'chart', 'tape');
  await until('it is saved', async () => (await document('Mine ½')).desktop.panels.length === 2);
  const elsewhere = await opened(t);
  await ready(elsewhere, 'trader');
  await choose(elsewhere, 'open-mine-½');
  await shows(elsewhere, 'chart', 'tape');
  await isShown(elsewhere, 'Mine ½');
  // The one that it was made of is as it was.
  await ready(elsewhere, 'minimal');
  await shows(elsewhere, 'book', 'chart');
});

test('a name that is taken is said, and nothing is changed', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await saveAs(page, 'First');
  const before = await document('First');
  await ready(page, 'trader');
  for (const [name, words] of [
    ['First', /There is a workspace First already/],
    ['Order flow', /comes with the program/],
    ['  ', /cannot be a name/],
  ]) {
    await choose(page, 'workspace-save-as');
    await answer(page, name);
    await until('the reason', async () => words.test(await byId(page, 'question-problem').innerText()));
    await byId(page, 'question-no').click();
    await isClosed(page);
  }
  assert.deepEqual(await document('First'), before);
});

test('a workspace is renamed and deleted, after a question', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await saveAs(page, 'Old');
  await choose(page, 'workspace-rename');
  assert.equal(await byId(page, 'question-name').inputValue(), 'Old');
  await answer(page, 'New');
  await isClosed(page);
  await isShown(page, 'New');
  assert.deepEqual((await names()).filter((name) => ['Old', 'New'].includes(name)), ['New']);
  await choose(page, 'workspace-delete');
  await byId(page, 'question-no').click();
  assert.ok((await names()).includes('New'));
  await choose(page, 'workspace-delete');
  await answer(page);
  await isClosed(page);
  await until('a ready-made one', async () => (await byId(page, 'workspace-trader').getAttribute('aria-pressed')) === 'true');
  assert.equal((await names()).includes('New'), false);
  await page.reload();
  await chartOf(page).drawn();
  assert.equal((await names()).includes('New'), false);
});

test('what another window has saved meanwhile is not deleted', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await saveAs(page, 'Both');
  const held = await document('Both');
  const url = new URL('/api/v1/workspaces/Both', site.url);
  const tag = (await fetch(url)).headers.get('etag');
  const saved = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'if-match': tag },
    body: JSON.stringify({ ...held, links: {} }),
  });
  assert.ok(saved.ok, await saved.text());
  await choose(page, 'workspace-delete');
  await answer(page);
  await until('the reason', async () => /another window/.test(await byId(page, 'question-problem').innerText()));
  assert.deepEqual((await document('Both')).links, {});
});

test('a ready-made workspace becomes what it was', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  const before = await kinds(page);
  await tab(page, 'Order book').click();
  await page.keyboard.press('Alt+w');
  await shows(page, 'chart', 'tape');
  await until('the change on the server', async () => (await names()).includes('Minimal'));
  await choose(page, 'workspace-reset');
  await answer(page);
  await isClosed(page);
  await shows(page, ...before);
  await until('it is saved', async () => (await document('Minimal')).desktop.panels.length === 3);
  // One change of the layout, which its keys take back and make again.
  await tab(page, 'Chart').click();
  await page.keyboard.press('Alt+z');
  await shows(page, 'chart', 'tape');
  await page.keyboard.press('Alt+Shift+z');
  await shows(page, ...before);
});

test('a workspace goes into a file and comes back as it was', async (t) => {
  const page = await opened(t);
  await ready(page, 'order-flow');
  const download = page.waitForEvent('download');
  await choose(page, 'workspace-export');
  const file = await download;
  assert.equal(file.suggestedFilename(), 'Order flow.json');
  const text = await readFile(await file.path(), 'utf8');
  await ready(page, 'minimal');
  await choose(page, 'workspace-import');
  assert.equal(await byId(page, 'question-yes').isDisabled(), true);
  await pick(page, 'flow.json', text);
  await until('its name', async () => (await byId(page, 'question-name').inputValue()) === 'Order flow');
  // That name comes with the program.
  await answer(page);
  await until('the reason', async () => /comes with the program/.test(await byId(page, 'question-problem').innerText()));
  await answer(page, 'Flow');
  await isClosed(page);
  await isShown(page, 'Flow');
  await shows(page, 'book', 'chart', 'depth', 'ladder', 'tape');
  const { name, ...imported } = await document('Flow');
  const { name: exported, ...held } = JSON.parse(text);
  assert.deepEqual([name, exported], ['Flow', 'Order flow']);
  assert.deepEqual(imported, held);
});

test('a file that is wrong is refused with its mistakes, and changes nothing', async (t) => {
  const page = await opened(t);
  await ready(page, 'minimal');
  await saveAs(page, 'Whole');
  const whole = await document('Whole');
  const before = JSON.stringify([await names(), whole, await kinds(page)]);
  const broken = (change) => {
    const copy = structuredClone(whole);
    change(copy);
    return JSON.stringify(copy);
  };
  const cases = [
    ['not JSON', 'hello', /no JSON/],
    ['ten megabytes', ' '.repeat(10 << 20), /10485760 bytes, at most 524288 are read/],
    ['a tree of depth 1,000', '['.repeat(1_000) + ']'.repeat(1_000), /nested more than 32 deep/],
    ['an unknown panel', broken(({ desktop }) => (desktop.panels[0].kind = 'teapot')), /\/desktop\/panels\/0\/kind/],
    ['a negative size', broken(({ desktop }) => (desktop.root.children[0].size = -5)), /size/],
  ];
  await choose(page, 'workspace-import');
  for (const [what, text, words] of cases) {
    await pick(page, 'wrong.json', text);
    const said = await until(`the reason of ${what}`, async () => {
      const problem = await byId(page, 'question-problem').innerText();
      return words.test(problem) && problem;
    });
    assert.match(said, /^wrong\.json was not imported: .*Nothing was changed\.$/s, what);
    assert.equal(await byId(page, 'question-yes').isDisabled(), true, what);
  }
  // One that is right, under a name that is taken.
  await pick(page, 'whole.json', JSON.stringify(whole));
  await until('its name', async () => (await byId(page, 'question-name').inputValue()) === 'Whole');
  await answer(page);
  await until('the reason', async () => /There is a workspace Whole already/.test(await byId(page, 'question-problem').innerText()));
  await page.keyboard.press('Escape');
  await isClosed(page);
  assert.equal(JSON.stringify([await names(), await document('Whole'), await kinds(page)]), before);
});
