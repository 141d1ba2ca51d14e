/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react'
import {defineConfig} from 'vite'

// Where `npm run dev` finds the server.
const server = process.env.BOWLINE ?? 'http://localhost:8080'
const proxied = ['/api', '/auth', '/terminal', '/extensions.js', '/extensions', '/download', '/swagger.json', '/swagger-ui']

export default defineConfig({
  // Every address is relative to the page's <base href>, which the server writes.
  base: './',
  plugins: [react()],
  resolve: {alias: {'@': new URL('./src', import.meta.url).pathname}},
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    // The policy of the server allows no data: in fonts, and inlined files are compressed badly.
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    // For build/budget.mjs, which takes it away again.
    manifest: true,
    reportCompressedSize: false,
  },
  worker: {format: 'es'},
  server: {
    proxy: Object.fromEntries(proxied.map(path => [path, {target: server, changeOrigin: false, ws: path === '/terminal', secure: false}])),
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['build/test-setup.ts'],
    css: {modules: {classNameStrategy: 'non-scoped'}},
  },
})
