import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2022',
    // The server's content security policy allows no inline scripts, and data: only for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Their licences ask that whoever gets the packages in the page gets these, too.
    license: { fileName: 'licences.md' },
  },
  server: {
    // `vite web` beside a running Pixmill, for work on the page.
    proxy: { '^/(api/|docs|redoc|openapi)': process.env.PIXMILL_URL ?? 'http://127.0.0.1:8080' },
    fs: { allow: [join(import.meta.dirname, '..')] },
  },
});
