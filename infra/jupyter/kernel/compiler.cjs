// The project's TypeScript in the place of the compiler that tslab brings (a fork of 5.0.4). The fork adds five functions and
// one option to TypeScript; they are made here from what TypeScript itself exports.
const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const checked = new WeakSet();
const seeing = new WeakSet();

/** What stops a cell: its own diagnostics, those of source files that changed since they were last found good, and awaits. */
function getPreEmitDiagnosticsOfFiles(program, files, token) {
  seeShorthands(program.getTypeChecker());
  return files.flatMap(diagnosticsOf).map(found => {
    return { ...found, messageText: ts.flattenDiagnosticMessageText(found.messageText, '\n') };
  });

  function diagnosticsOf(file, index) {
    if (index > 0 && checked.has(file)) return [];
    const found = [...program.getSyntacticDiagnostics(file, token), ...program.getSemanticDiagnostics(file, token)];
    if (index > 0) {
      if (found.length === 0) checked.add(file);
      return found;
    }
    return [...found, ...program.getDeclarationDiagnostics(file, token), ...topLevelAwaits(file)];
  }
}

/** Report every await outside functions as error 1308, from which the kernel learns to run the cell as an async function. */
function topLevelAwaits(file) {
  const found = [];
  const report = start => {
    found.push({ code: 1308, category: ts.DiagnosticCategory.Error, file, start, length: 5, messageText: 'await' });
  };
  const visit = node => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isAwaitExpression(node)) report(node.getStart(file));
    if (ts.isForOfStatement(node) && node.awaitModifier) report(node.awaitModifier.getStart(file));
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing) {
      report(node.getStart(file));
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}

/** Let `{ topic }` stand for the variable that it reads; TypeScript names the property that it makes. */
function seeShorthands(checker) {
  if (seeing.has(checker)) return;
  seeing.add(checker);
  const { getSymbolAtLocation } = checker;
  checker.getSymbolAtLocation = node => {
    const { parent } = node;
    const shorthand = parent && ts.isShorthandPropertyAssignment(parent) && parent.name === node;
    return shorthand ? checker.getShorthandAssignmentValueSymbol(parent) : getSymbolAtLocation(node);
  };
}

/**
 * tslab writes the names of earlier cells as `exports.topic`. So `{ topic }` must become `{ topic: exports.topic }`, and in
 * `{ price: now }` the property keeps its name, also when an earlier cell declared the type that it belongs to.
 */
function visitEachChild(node, visitor, context) {
  if (ts.isShorthandPropertyAssignment(node)) {
    const value = visitor(node.name);
    if (value !== node.name) return ts.factory.createPropertyAssignment(node.name.text, value);
  }
  const property = node.propertyName ?? (ts.isPropertyAssignment(node) ? node.name : undefined);
  const kept = property && ts.isIdentifier(property) ? property : undefined;
  return ts.visitEachChild(node, child => (child === kept ? child : visitor(child)), context);
}

/** What hovering shows for the name at a position: signature, docblock and tags. */
function getQuickInfoAtPosition(file, checker, _token, position) {
  const node = ts.getTouchingPropertyName(file, position);
  if (node === file) return undefined;
  const target = ts.isNewExpression(node.parent) && node.pos === node.parent.pos ? node.parent.expression : node;
  const textSpan = ts.createTextSpanFromNode(target, file);
  const container = ts.getContainerNode(target);
  const symbol = checker.getSymbolAtLocation(target);
  if (!symbol || checker.isUnknownSymbol?.(symbol)) {
    const type = checker.getTypeAtLocation(target);
    if (!type) return undefined;
    const documentation = type.symbol?.getDocumentationComment(checker);
    const tags = type.symbol?.getJsDocTags(checker);
    return { textSpan, displayParts: ts.typeToDisplayParts(checker, type, container), documentation, tags };
  }
  const { displayParts, documentation, tags } = ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    file,
    container,
    target,
  );
  return { textSpan, displayParts, documentation, tags };
}

function getDefaultTypeRoots(folder) {
  const roots = [];
  for (let at = folder; ; at = path.dirname(at)) {
    const types = path.join(at, 'node_modules/@types');
    if (fs.existsSync(types)) roots.push(types);
    if (path.dirname(at) === at) return roots;
  }
}

/** tslab asks with an empty host; paths inside import strings need one that reads folders. */
function getCompletionsAtPositionForTslab(_host, program, ...rest) {
  const host = Object.assign(Object.create(ts.sys), {
    getCompilationSettings: () => program.getCompilerOptions(),
    useCaseSensitiveFileNames: () => true,
  });
  return ts.Completions.getCompletionsAtPosition(host, program, ...rest.slice(0, 7), undefined);
}

/**
 * tslab's host holds one timer, the one that builds the program, and fails at a second. TypeScript also sets one when files
 * come, go or are replaced (as editors do that save by renaming); that one may run by the clock.
 */
function withTwoTimers(host) {
  const clocked = new Set();
  const { setTimeout: hold, clearTimeout: release } = host;
  host.setTimeout = (callback, delayMs, name) => {
    if (name === 'timerToUpdateProgram') return hold(callback, delayMs, name);
    const timer = setTimeout(() => clocked.delete(timer) && callback(), delayMs);
    clocked.add(timer);
    return timer;
  };
  host.clearTimeout = timer => {
    if (clocked.delete(timer)) clearTimeout(timer);
    else release(timer);
  };
  return host;
}

const options = {
  strict: true,
  // What `using` becomes is left to the second step, or a cell with it at the top would have no last value.
  target: ts.ScriptTarget.ESNext,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: true,
  allowJs: true,
  checkJs: false,
  noImplicitUseStrict: undefined,
  disableTopLevelAwait: undefined,
};

module.exports = {
  ...ts,
  getPreEmitDiagnosticsOfFiles,
  getQuickInfoAtPosition,
  getDefaultTypeRoots,
  visitEachChild,
  getNullTransformationContext: () => ts.nullTransformationContext,
  Completions: { ...ts.Completions, getCompletionsAtPositionForTslab },
  createWatchCompilerHost: (files, given, ...rest) =>
    withTwoTimers(ts.createWatchCompilerHost(files, { ...given, ...options }, ...rest)),
};
