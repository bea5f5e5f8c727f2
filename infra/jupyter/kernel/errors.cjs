// What a learner reads when a cell fails: the message first, and no frames but those of this project.
const path = require('node:path');

const red = text => `\u001b[1;31m${text}\u001b[0m`;
const framesShown = 4;
const linesShown = 3;
const diagnosticsShown = 4;
let diagnostics = [];
let thrown;

/** Takes what the executor reports: `console.error`'s format with a diagnostic, or the value that was thrown. */
function keepFailure(first, ...rest) {
  if (first === '%s%d:%d - %s') {
    const [file, line, column, message] = rest;
    diagnostics.push({ file: file.trim(), line, column, message });
  } else thrown = { value: first };
}

/** The functions of src/ that an error passed through, innermost first. (Lines would be those of the compiled text.) */
function framesOf(error) {
  const frames = [];
  for (const [, name, file] of String(error.stack).matchAll(
    /^ +at (?:async )?(?:([^\s(]+) \()?(\/[^():]+)[:\d]*\)?$/gm,
  )) {
    const relative = path.relative(process.cwd(), file).replace(/\.js$/, '.ts');
    if (!relative.startsWith('src/')) continue;
    const frame = `  in ${name && name !== 'Object.<anonymous>' ? `${name} · ` : ''}${relative}`;
    if (frames.at(-1) !== frame) frames.push(frame);
  }
  return frames.slice(0, framesShown);
}

/** Name, message and readable text of anything that was thrown, with its causes. */
function describe(value) {
  if (!(value instanceof Error) && typeof value?.message !== 'string') {
    return { name: 'Thrown', message: String(value), text: `Thrown: ${String(value)}` };
  }
  if (value.message === 'Interrupted asynchronously' || value.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') {
    return { name: 'Interrupted', message: 'You stopped this cell.', text: 'Interrupted: You stopped this cell.' };
  }
  const name = value.name ?? 'Error';
  const parts = (value.errors ?? []).slice(0, framesShown).map(part => part?.message ?? String(part));
  const message = [value.message, parts.filter(part => part !== value.message).join('; ')].filter(Boolean).join(': ');
  const lines = [`${name}: ${message}`, ...framesOf(value)];
  if (value.cause?.message && !message.includes(value.cause.message))
    lines.push(`Cause: ${describe(value.cause).text}`);
  return { name, message, text: lines.join('\n') };
}

const awaitAdvice = '\nA promise is not its value yet: is an "await" missing before the call?';

/** What most often helps: a promise wants an `await`, and a name that nothing has made yet a cell that was not run. */
function adviceOn(message) {
  if (/^(?:Type|Argument of type|Property '[^']+' does not exist on type) 'Promise</.test(message)) return awaitAdvice;
  if (/^Operator .* types? .*'Promise</.test(message)) return awaitAdvice;
  const [, name] =
    /^(?:Cannot find name|No value exists in scope for the shorthand property) '(\w+)'/.exec(message) ?? [];
  if (!name || message.includes('Did you mean')) return '';
  return `\n"${name}" is not there yet: first run the cell that makes it (menu Run, "Run All Above Selected Cell").`;
}

/** One diagnostic, without the depths of its explanation, and the line of the cell it is about with a mark under it. */
function describeDiagnostic({ file, line, column, message }, code) {
  const at = file ? `${file}, line ${line}` : `line ${line}`;
  const explained = message.split('\n').slice(0, linesShown).join('\n') + adviceOn(message);
  const source = file ? undefined : code.split('\n')[line - 1];
  if (source === undefined) return `${at}: ${explained}`;
  return `${at}: ${explained}\n    ${source}\n    ${' '.repeat(column - 1)}^`;
}

/**
 * What the last failed cell leaves, as the content of Jupyter's `error` message; forgets it.
 * @param {string} code Source of the cell.
 */
function takeFailure(code) {
  const [found, error] = [diagnostics, thrown];
  diagnostics = [];
  thrown = undefined;
  if (error) {
    const { name, message, text } = describe(error.value);
    return { ename: name, evalue: message, traceback: text.replace(/^[^:\n]+/, red).split('\n') };
  }
  const texts = found.slice(0, diagnosticsShown).map(diagnostic => describeDiagnostic(diagnostic, code));
  if (found.length > diagnosticsShown) texts.push(`… and ${found.length - diagnosticsShown} more`);
  const evalue = texts.join('\n') || 'The cell failed without a message.';
  return { ename: 'TypeScript', evalue, traceback: `${red('TypeScript')}, ${evalue}`.split('\n') };
}

module.exports = { describe, keepFailure, takeFailure };
