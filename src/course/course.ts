/** All that a notebook needs for its exercises, in one import. */
export { check, hint, solution } from './check.ts';
export { progress } from './progress.ts';
export { quiz } from './quiz.ts';
export { station } from './station.ts';
export { todo } from './todo.ts';
