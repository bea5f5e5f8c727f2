// Stopping a cell: code that watches for the interrupt (src/show/interrupted.ts) is given a moment to end in good order;
// all other cells are cut off at once with an error.

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

module.exports = { endsItself, withQuietStop };
