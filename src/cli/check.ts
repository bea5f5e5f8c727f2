import '../run/plain-errors.ts';
import { checkCode, conclude, runTests } from '../../infra/check/check.ts';
import { endingSignal } from '../run/ending.ts';

const ending = endingSignal();
conclude(await checkCode(ending), await runTests(['unit'], ending));
process.exit();
