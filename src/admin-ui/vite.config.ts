import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Addresses are relative (`base: './'`) because the host decides where the UI is mounted; nothing is inlined, so that the page
 * runs under `script-src 'self'`.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/src/admin-ui', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // Which packages the bundle was made of, with their licences: read by the checks and the bill of materials.
    license: { fileName: 'third-party.json' },
  },
});
