// The steps of set-up after the npm packages are there: under Node 24, shown by listr2.
import { Listr } from 'listr2';
import { root } from './places.mjs';
import { steps } from './set-up.mjs';
import { explain } from './setup-error.mjs';

const tasks = steps
  .filter(step => !step.done())
  .map(step => ({
    title: step.title,
    task: (_, task) =>
      step.install(line => {
        if (process.stdout.isTTY) task.output = line;
      }),
  }));

try {
  await new Listr(tasks, {
    fallbackRenderer: 'simple',
    rendererOptions: {
      timer: { condition: true, field: ms => `${Math.round(ms / 1000)} s`, format: () => text => text },
    },
  }).run();
} catch (error) {
  const known = error.name === 'SetupError' ? error : explain('Set-up', error.message, root);
  console.error(`\n${known.message}`);
  process.exitCode = 1;
}
