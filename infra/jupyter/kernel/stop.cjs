// Stopping a cell: code that watches for the interrupt (src/show/interrupted.ts) is given a moment to end in good order;
// all other cells are cut off at once with an error.

const vm = require('node:vm');

const patienceMs = 1000;
let willEndItself = false;

/** Called by the code of a cell that watches for the interrupt. */
function endsItself() {
  willEndItself = true;
}

/** An executor whose interrupt waits for cells that end by themselves. */
function withQuietStop(executor) {
  let cell = 0;
  let running = false;
  return {
    ...executor,
    execute: async source => {
      cell++;
      running = true;
      willEndItself = false;
      try {
        return await executor.execute(source);
      } finally {
        running = false;
      }
    },
    interrupt: () => {
      const stopped = cell;
      if (!willEndItself) return executor.interrupt();
      setTimeout(() => running && cell === stopped && executor.interrupt(), patienceMs);
    },
  };
}

/**
 * Keep SIGINT in the hands of JavaScript. Where a cell adds the first listener while it runs synchronously, Node puts back its
 * own handler behind it when the run ends (`breakOnSigint`), and the next interrupt would kill the kernel: so start it anew.
 */
function keepInterrupts() {
  const { runInThisContext } = vm;
  vm.runInThisContext = (code, options) => {
    try {
      return runInThisContext(code, options);
    } finally {
      const listeners = process.rawListeners('SIGINT');
      process.removeAllListeners('SIGINT');
      for (const listener of listeners) process.on('SIGINT', listener);
    }
  };
}

module.exports = { endsItself, keepInterrupts, withQuietStop };
