import '../run/plain-errors.ts';
import { checkCode, conclude, runTests } from '../../infra/check/check.ts';
import { bringChromium } from '../../infra/check/chromium.ts';
import { endingSignal } from '../run/ending.ts';

const ending = endingSignal();
const chosen = process.argv.slice(2);
const CHROMIUM_PATH = await bringChromium();
if (chosen.length > 0) conclude(await runTests(['unit', 'real'], ending, { CHROMIUM_PATH }, chosen));
else
  conclude(
    await checkCode(ending),
    await runTests(['unit'], ending),
    await runTests(['real'], ending, { CHROMIUM_PATH }),
  );
process.exit();
