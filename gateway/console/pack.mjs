// pack.mjs FOLDER: puts x.br and x.gz beside every text file that is worth it, and holds the first load to its budgets.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
/** The sign-in page; and all that stands on the screen before the screen of a role itself. */
const BUDGET_KB = 200;
const SIGNED_IN_BUDGET_KB = 250;
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

const kb = (names) => Math.round([...names].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0) / 1024);

/** These files and whatever they cannot run without. */
function needed(names) {
  const found = new Set();
  const next = [...names];
  for (let name = next.pop(); name; name = next.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(join(folder, 'assets', name), 'utf8');
    for (const [, other] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) next.push(other);
  }
  return found;
}

// What the page itself names is the first load; every other chunk comes when its screen is opened.
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const first = needed([...page.matchAll(/\/assets\/([^"]+)"/g)].map((found) => found[1]));
const frame = [...sizes.keys()].filter((name) => /^SignedIn-.*\.(js|css)$/.test(name));
const signedIn = needed([...first, ...frame]);
const sizesTold = [kb([...first, 'index.html']), kb([...signedIn, 'index.html'])];
console.log(`console: first load ${sizesTold[0]} KB of at most ${BUDGET_KB}, with the frame ${sizesTold[1]} of at most ${SIGNED_IN_BUDGET_KB}`);
if (frame.length === 0 || sizesTold[0] > BUDGET_KB || sizesTold[1] > SIGNED_IN_BUDGET_KB) {
  console.error('console: the first load is too large; load what not every screen needs with its screen');
  process.exit(1);
}
