// pack.mjs FOLDER: puts x.br and x.gz beside every text file that is worth it, and holds the first load to its budget.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
const BUDGET_BYTES = 250 * 1024;
const WORTH_PACKING = /\.(js|css|html|svg|json|txt|webmanifest)$/;

const sizes = new Map();
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !WORTH_PACKING.test(entry.name)) continue;
  const file = join(entry.parentPath, entry.name);
  const plain = readFileSync(file);
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  sizes.set(entry.name, brotli.length);
  if (plain.length < 1000) continue;
  writeFileSync(`${file}.br`, brotli);
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
}

// What the page itself names is the first load; every other chunk comes when its screen is opened.
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const named = [...page.matchAll(/\/assets\/([^"]+)"/g)].map((found) => found[1]);
const first = named.reduce((sum, name) => sum + (sizes.get(name) ?? 0), sizes.get('index.html') ?? 0);
console.log(`console: first load ${Math.round(first / 1024)} KB of at most ${BUDGET_BYTES / 1024}`);
if (first > BUDGET_BYTES) {
  console.error('console: the first load is too large; load what not every screen needs with its screen');
  process.exit(1);
}
