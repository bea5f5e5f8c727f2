/** What notebooks import to show things: `import { display, lines, table } from './src/show/show.ts'`. */
export { candles } from './candles.ts';
export { diagram } from './diagram.ts';
export { frame } from './frame.ts';
export { interrupted } from './interrupted.ts';
export { lines } from './lines.ts';
export { live, until } from './live.ts';
export { display } from './output.ts';
export { progressBar } from './progress-bar.ts';
export { table } from './table.ts';
export { colours, layerColours } from './theme.ts';
