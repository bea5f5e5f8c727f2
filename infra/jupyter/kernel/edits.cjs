// Edits anywhere in src/ show when an import is run again: tslab runs an edited file anew but leaves those that import it as
// they were, so a changed file takes all its importers with it.
const path = require('node:path');

const importsOf = output =>
  [...output.data.matchAll(/require\("(\.[^"]+)"\)/g)].map(([, target]) =>
    path.posix.join(path.posix.dirname(output.path), target),
  );

/** All outputs that are in `changed`, or import one that is, directly or through others. */
function withImporters(changed, outputs) {
  const reached = new Set(changed.map(output => output.path));
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const output of outputs) if (importsOf(output).some(target => reached.has(target))) reached.add(output.path);
  }
  return outputs.filter(output => reached.has(output.path));
}

/** A converter whose side outputs (the files of src/ that a cell imports) include the importers of what changed. */
function withEdits(converter) {
  const seen = new Map();
  return {
    ...converter,
    convert: (...cell) => {
      const result = converter.convert(...cell);
      if (!result.sideOutputs?.length) return result;
      for (const output of result.sideOutputs) seen.set(output.path, output);
      return { ...result, sideOutputs: withImporters(result.sideOutputs, [...seen.values()]) };
    },
  };
}

module.exports = { withEdits };
