import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// `AMBULA_URL=http://127.0.0.1:8080 npx vite` serves the console with hot reload in front of a running gateway.
const gateway = process.env.AMBULA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    // Fonts and icons stay files of their own: the policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // pack.mjs holds the first load to its budget, packed as it travels.
    chunkSizeWarningLimit: 2_000,
  },
  server: { proxy: { '/v1': gateway, '/openapi.json': gateway, '/healthz': gateway } },
});
