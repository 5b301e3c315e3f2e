import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { eventually } from './mail';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const runDir = join(resolve(root, process.env.AMBULA_RUN_DIR ?? '.run'), 'e2e');

function pidOf(part: string): number {
  const found = new RegExp(`\\b${part}=(\\d+)`).exec(/^AMBULA_PIDS=.*$/m.exec(readFileSync(join(runDir, 'env'), 'utf8'))?.[0] ?? '');
  if (!found) throw new Error(`${part} does not run`);
  return Number(found[1]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Kills a process of the installation as a power cut would; answers how it is started again, with its build as before. */
export async function kill(part: string): Promise<() => Promise<void>> {
  const pid = pidOf(part);
  const build = dirname(dirname(readlinkSync(`/proc/${pid}/exe`)));
  process.kill(pid, 'SIGKILL');
  await eventually(async () => !isAlive(pid));
  return async () => {
    await promisify(execFile)('python3', [join(root, 'cmake/dev/stack.py'), '--run-dir', runDir, 'up', '--throwaway', '--free-ports'], {
      env: { ...process.env, AMBULA_BUILD_DIR: build },
    });
  };
}
