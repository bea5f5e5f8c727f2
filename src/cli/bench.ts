import '../run/plain-errors.ts';
import { globSync } from 'node:fs';
import { Command } from 'commander';
import { execa } from 'execa';
import { endingSignal } from '../run/ending.ts';
import { inRoot } from '../run/paths.ts';

const ending = endingSignal();
const known = globSync('*.ts', { cwd: inRoot('infra', 'bench') })
  .map(file => file.replace('.ts', ''))
  .sort();
const program = new Command('npm run bench --')
  .description(
    `Measure: ${known.join(', ')}; all of them, if none is named. What each takes, its file says (infra/bench/).`,
  )
  .argument('[names...]', 'benchmarks, or one with what it takes')
  .allowUnknownOption()
  .passThroughOptions()
  .parse();
const args = program.args;
const first = args.findIndex(arg => !known.includes(arg));
const wanted = first < 0 ? args : args.slice(0, first);
const given = first < 0 ? [] : args.slice(first);
if (given.length > 0 && wanted.length !== 1)
  throw new Error(`There is no benchmark "${given[0]}". Take some of ${known.join(', ')}, or none for all.`);
for (const name of wanted.length ? wanted : known) {
  const file = inRoot('infra', 'bench', `${name}.ts`);
  await execa(process.execPath, [file, ...given], { cwd: inRoot(), stdio: 'inherit', cancelSignal: ending });
}
process.exit(0);
