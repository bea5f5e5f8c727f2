import '../run/plain-errors.ts';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { exit } from '../run/exit.ts';
import { inRoot } from '../run/paths.ts';
import { diagnoseSystem, type Finding } from '../system/doctor.ts';

interface Diagnosis {
  diagnoseSetup(): Finding[];
  report(findings: Finding[], json: boolean): number;
}

const { json = false } = new Command('npm run doctor --')
  .description('Check everything that ticklake needs, and name the mend of what is wrong.')
  .option('--json', 'print the findings as JSON')
  .parse()
  .opts<{ json?: boolean }>();

// Plain JavaScript, so that the same checks run on a machine where nothing is set up yet.
const path = inRoot('infra', 'setup', 'diagnosis.mjs');
const { diagnoseSetup, report } = (await import(pathToFileURL(path).href)) as Diagnosis;
await exit(report([...diagnoseSetup(), ...(await diagnoseSystem())], json));
