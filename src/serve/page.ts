import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { inRoot } from '../run/paths.ts';

const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

/** What the dashboard is made of: the address of each part, and its file. Nothing comes from elsewhere. */
const parts: Record<string, [type: keyof typeof types, ...file: string[]]> = {
  '/': ['html', 'src', 'serve', 'page', 'index.html'],
  '/assets/dashboard.css': ['css', 'src', 'serve', 'page', 'dashboard.css'],
  '/assets/icon.svg': ['svg', 'src', 'serve', 'page', 'icon.svg'],
  '/assets/vega.js': ['js', 'node_modules', 'vega', 'build', 'vega.min.js'],
  '/assets/vega-lite.js': ['js', 'node_modules', 'vega-lite', 'build', 'vega-lite.min.js'],
  '/assets/vega-interpreter.js': ['js', 'node_modules', 'vega-interpreter', 'build', 'vega-interpreter.min.js'],
  ...ownScripts('page', 'dashboard', 'panels', 'charts', 'elements', 'data'),
};

/** Charts are made by the same functions as in the notebooks; the browser gets them without their types. */
const shared = ['theme', 'chart', 'fault', 'candles', 'lines'];

function ownScripts(folder: string, ...names: string[]) {
  const entries = names.map(name => [`/assets/${name}.mjs`, ['js', 'src', 'serve', folder, `${name}.mjs`]]);
  return Object.fromEntries(entries) as Record<string, [type: 'js', ...file: string[]]>;
}

/** Add the dashboard. Its files are read once. */
export function addPage(server: FastifyInstance): void {
  const serve = (path: string, type: keyof typeof types, content: string) =>
    server.get(path, { schema: { hide: true } }, (_, reply) =>
      reply.type(`${types[type]}; charset=utf-8`).header('cache-control', 'no-cache').send(content),
    );
  for (const [path, [type, ...file]] of Object.entries(parts)) serve(path, type, readFileSync(inRoot(...file), 'utf8'));
  for (const name of shared) {
    const code = readFileSync(inRoot('src', 'show', `${name}.ts`), 'utf8');
    serve(`/assets/show/${name}.ts`, 'js', stripTypeScriptTypes(code));
  }
}
