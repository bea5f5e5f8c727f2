import { expect, test } from 'vitest';
import { tallyOf } from './check.ts';

const good = { status: 'passed', assertionResults: [{}, {}] };

test('tests are counted', () => {
  expect(tallyOf({ numPassedTests: 2, numFailedTests: 0, testResults: [good] }, true)).toEqual({
    passed: 2,
    failed: 0,
  });
});

test('a file that cannot be run counts as a failed test', () => {
  const broken = { status: 'failed', assertionResults: [] };
  const results = { numPassedTests: 2, numFailedTests: 1, testResults: [good, broken] };
  expect(tallyOf(results, false)).toEqual({ passed: 2, failed: 2 });
});

test('a run that fails without a failed test, or leaves no results, is no success', () => {
  expect(tallyOf({ numPassedTests: 2, numFailedTests: 0, testResults: [good] }, false).failed).toBe(1);
  expect(tallyOf(undefined, true)).toEqual({ passed: 0, failed: 1 });
});
