// Completion inside import paths: tslab would append the whole name to what is already typed of it.

const openImport = /\b(?:from|import)\s*\(?\s*['"](?:[^'"\n]*\/)?([^'"\n/]*)$/;

/** A converter whose completions replace the part of a path that is typed already. */
function withCompletions(converter) {
  return {
    ...converter,
    complete: (declarations, source, position) => {
      const found = converter.complete(declarations, source, position);
      const typed = openImport.exec(source.slice(0, position))?.[1];
      if (typed === undefined) return found;
      const candidates = (found.original?.entries ?? [])
        .filter(entry => entry.name.startsWith(typed) && !entry.name.endsWith('.test'))
        .map(entry => (/\.m?ts$/.test(entry.kindModifiers ?? '') ? entry.name + entry.kindModifiers : entry.name));
      return { ...found, start: position - typed.length, end: position, candidates };
    },
  };
}

module.exports = { withCompletions };
