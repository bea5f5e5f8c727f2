// Starts tslab's kernel at the repository root with a current TypeScript, rich last values and short errors.
// Called by Jupyter through kernels/tslab/start.sh with the path of the connection file.
const { enableCompileCache } = require('node:module');
const path = require('node:path');

const root = path.resolve(__dirname, '../..');
process.chdir(root);
enableCompileCache(path.join(root, '.ticklake', 'cache', 'kernel'));

const compiler = require('./kernel/compiler.cjs');
const fork = require.resolve('@tslab/typescript-for-tslab');
require.cache[fork] = { id: fork, filename: fork, loaded: true, exports: compiler };

const converter = require('tslab/dist/converter.js');
const executor = require('tslab/dist/executor.js');
const jupyter = require('tslab/dist/jupyter.js');
const { withCompletions } = require('./kernel/complete.cjs');
const { withEdits } = require('./kernel/edits.cjs');
const { describe, keepFailure } = require('./kernel/errors.cjs');
const { extendProtocol } = require('./kernel/messages.cjs');
const { showLastValue } = require('./kernel/show.cjs');
const { keepInterrupts, withQuietStop } = require('./kernel/stop.cjs');
const { alive } = require('../../src/run/process.ts');

/** Replace a function of a compiled module, whose exports are read at each call. */
const replace = (module, name, make) => Object.defineProperty(module, name, { value: make(module[name]) });

replace(converter, 'createConverter', create => options => withCompletions(withEdits(create(options))));
replace(executor, 'createExecutor', create => (cwd, converters) => {
  return withQuietStop(create(cwd, converters, { log: showLastValue, error: keepFailure }));
});
extendProtocol(jupyter, compiler.version);
keepInterrupts();

require('tslab/dist/main.js').startKernel({ configPath: process.argv[2], enableFindLocal: false });

// What fails alike a hundred times, in a loop without "await", is told once a second.
const told = new Set();
setInterval(() => told.clear(), 1000).unref();
for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.removeAllListeners(event);
  process.on(event, error => {
    const { text } = describe(error);
    if (!told.has(text)) console.error(`Not awaited, and failed: ${text}`);
    told.add(text);
  });
}

// A kernel whose server was killed ends as well, also when that was before this line: Jupyter says who it is.
const parent = process.ppid;
const server = Number(process.env.JPY_PARENT_PID) || parent;
setInterval(() => (process.ppid === parent && alive(server)) || process.exit(0), 1000).unref();
