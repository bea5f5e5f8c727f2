import '../run/plain-errors.ts';
import { globSync } from 'node:fs';
import { execa } from 'execa';
import { endingSignal } from '../run/ending.ts';
import { inRoot } from '../run/paths.ts';

const ending = endingSignal();
const known = globSync('*.ts', { cwd: inRoot('infra', 'bench') })
  .map(file => file.replace('.ts', ''))
  .sort();
const args = process.argv.slice(2);
const first = args.findIndex(arg => arg.startsWith('-'));
const wanted = first < 0 ? args : args.slice(0, first);
const options = first < 0 ? [] : args.slice(first); // of the benchmark itself
const unknown = wanted.find(name => !known.includes(name));
if (unknown) throw new Error(`There is no benchmark "${unknown}". Take some of ${known.join(', ')}, or none for all.`);
for (const name of wanted.length ? wanted : known) {
  const file = inRoot('infra', 'bench', `${name}.ts`);
  await execa(process.execPath, [file, ...options], { cwd: inRoot(), stdio: 'inherit', cancelSignal: ending });
}
process.exit(0);
