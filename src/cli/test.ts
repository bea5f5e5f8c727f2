import '../run/plain-errors.ts';
import { checkCode, conclude, runTests } from '../../infra/check/check.ts';
import { bringChromium } from '../../infra/check/chromium.ts';
import { endingSignal } from '../run/ending.ts';

const ending = endingSignal();
const CHROMIUM_PATH = await bringChromium();
conclude(await checkCode(ending), await runTests('unit', ending), await runTests('real', ending, { CHROMIUM_PATH }));
process.exit();
