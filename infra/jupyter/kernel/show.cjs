// The value of a cell's last line, shown as what it is: rows and frames as tables, a spec as a chart, the rest as text.

const { inspect } = require('node:util');

/** Takes the value in the place of `console.log`. The display code loads with the first value that is not plain text. */
function showLastValue(value) {
  if (typeof value !== 'object' && typeof value !== 'function') return console.log(value);
  if (typeof value.then === 'function') return console.log('A promise: write "await" before it to see its value.');
  try {
    const bundle = require('../../../src/show/mime.ts').mimeOf(value);
    if (bundle) globalThis[Symbol.for('ticklake.kernel')].write(bundle);
    else console.log(value);
  } catch (error) {
    console.log(inspect(value));
    console.error(`Shown as text: ${error.message}`);
  }
}

module.exports = { showLastValue };
