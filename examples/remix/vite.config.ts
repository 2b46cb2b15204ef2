import { vitePlugin as remix } from '@remix-run/dev';
import { defineConfig } from 'vite';

// With this, remix-serve uses Node's own `fetch`.
const future = { v3_singleFetch: true };

export default defineConfig({ plugins: [remix({ future })] });
