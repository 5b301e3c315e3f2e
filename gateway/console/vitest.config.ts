import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// A test of a component says so in its first line: // @vitest-environment jsdom
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': new URL('./src', import.meta.url).pathname } },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node', maxWorkers: 2 },
});
