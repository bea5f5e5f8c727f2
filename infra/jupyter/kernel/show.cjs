// The value of a cell's last line, shown as what it is: rows and frames as tables, a spec as a chart, the rest as text.

/** Takes the value in the place of `console.log`. The display code loads with the first value that is not plain text. */
function showLastValue(value) {
  if (typeof value !== 'object' && typeof value !== 'function') return console.log(value);
  if (typeof value.then === 'function') return console.log('A promise: write "await" before it to see its value.');
  const bundle = bundleOf(value);
  if (bundle) globalThis[Symbol.for('ticklake.kernel')].write(bundle);
  else console.log(value);
}

function bundleOf(value) {
  try {
    return require('../../../src/show/mime.ts').mimeOf(value);
  } catch (error) {
    console.error(`Cannot show this value as a table or chart, so as text: ${error.message}`);
    return undefined;
  }
}

module.exports = { showLastValue };
