import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The notebooks take as long as half of all others: begun last, they would keep one worker busy while the other has nothing left. */
class NotebooksFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const first = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith('notebooks.real.test.ts'));
    return (await super.sort(files)).toSorted((a, b) => first(b) - first(a));
  }
}

// What tests put into the folder for temporary files goes when all have ended. PostgreSQL, which refuses root, passes through it.
process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'ticklake-tests-'));
chmodSync(process.env.TMPDIR, 0o755);
process.once('exit', () => rmSync(process.env.TMPDIR!, { recursive: true, force: true, maxRetries: 5 }));

// Two projects: `unit` needs nothing but the packages, `real` runs on the real broker, lake, kernel and browser.
export default defineConfig({
  test: {
    sequence: { sequencer: NotebooksFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'infra/**/*.test.ts'],
          exclude: ['**/*.real.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          include: ['src/**/*.real.test.ts', 'infra/**/*.real.test.ts'],
          maxWorkers: 2, // most of their time they wait for a server, a kernel or a browser
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
