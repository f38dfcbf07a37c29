/** How the page is built: split by route, no inline scripts or fonts (the server's policy forbids them), and in development `/api` goes to a running Segue. */
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the API of `npm run dev` is; a running Segue on its own port unless told otherwise. */
const api = process.env['API_ORIGIN'] ?? 'http://127.0.0.1:4000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/api': api,
      '/u/': api,
    },
  },
})
