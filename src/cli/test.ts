import '../run/plain-errors.ts';
import { checkCode, conclude, runTests } from '../run/check.ts';
import { bringChromium } from '../run/chromium.ts';
import { endingSignal } from '../run/ending.ts';

const ending = endingSignal();
const CHROMIUM_PATH = await bringChromium();
conclude(await checkCode(ending), await runTests('unit', ending), await runTests('real', ending, { CHROMIUM_PATH }));
process.exit();
