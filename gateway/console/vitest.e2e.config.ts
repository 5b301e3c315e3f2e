import { defineConfig } from 'vitest/config';

// One browser at a time: the machine is shared with the whole system under test.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
