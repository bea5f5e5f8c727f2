import { defineConfig } from 'vitest/config';

// Two projects: `unit` needs nothing but the packages, `real` runs on the real broker, lake, kernel and browser.
export default defineConfig({
  test: {
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
