/** What a browser has to fetch before the page lives: wasm and JavaScript, in brotli. Beyond 700 KB it fails. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { table } from './table.mjs';

const pkg = join(process.env.LEPTOS_SITE_ROOT ?? 'target/site', 'pkg');
const LIMIT_BYTES = 700_000;
const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

const rows = [];
const total = { plain: 0, brotli: 0 };
for (const file of (await readdir(pkg, { recursive: true })).sort()) {
  if (!/\.(wasm|js)$/.test(file)) continue;
  const bytes = await readFile(join(pkg, file));
  const brotli = await compressed(join(pkg, file), bytes);
  total.plain += bytes.length;
  total.brotli += brotli;
  rows.push([file, kilobytes(bytes.length), kilobytes(brotli)]);
}
rows.push(['together', kilobytes(total.plain), kilobytes(total.brotli)]);
table('Wasm and JavaScript', ['file', 'KB', 'KB in brotli'], rows);
if (total.brotli > LIMIT_BYTES) {
  process.stderr.write(`${kilobytes(total.brotli)} KB in brotli are more than ${kilobytes(LIMIT_BYTES)} KB\n`);
  process.exitCode = 1;
}

/** As the server sends it, else as it would. */
async function compressed(path, bytes) {
  try {
    return (await readFile(`${path}.br`)).length;
  } catch {
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
}
