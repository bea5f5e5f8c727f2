import '../run/plain-errors.ts';
import { checkCode, conclude, runTests } from '../../infra/check/check.ts';
import { endingSignal } from '../run/ending.ts';
import { exit } from '../run/exit.ts';

const ending = endingSignal();
conclude(await checkCode(ending), await runTests(['unit'], ending));
await exit(Number(process.exitCode));
