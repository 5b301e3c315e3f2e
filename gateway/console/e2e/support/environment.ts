import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const runDir = resolve(root, process.env.AMBULA_RUN_DIR ?? '.run');

/** The `env` file of the running installation: the one of ctest's fixture, else that of `./dev up`. */
function read(): Record<string, string> {
  const file = [join(runDir, 'e2e/env'), join(runDir, 'env')].find(existsSync);
  if (!file) throw new Error('nothing runs: ./dev up, or ctest, which starts its own');
  const pairs = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => /^([A-Z_]+)=(.*)$/.exec(line))
    .filter((found) => found !== null)
    .map((found) => [found[1] ?? '', (found[2] ?? '').replace(/^'(.*)'$/, '$1')]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

const env = read();

export const url = env.AMBULA_URL ?? '';
export const mailUrl = env.AMBULA_MAIL_URL ?? '';
export const password = env.AMBULA_DEMO_PASSWORD ?? '';

/** Pictures to look at; kept between runs, one for each name. */
export function screenFile(name: string): string {
  const folder = join(runDir, 'screens');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
