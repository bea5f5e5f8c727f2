import { inState } from './paths.ts';

// Imported first by every command: an error that says what to do is shown without its stack.
process.on('uncaughtException', error => {
  const bug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  console.error(bug ? error.stack : withWayOn(error.message));
  process.exit(1);
});

/** Only we know of which disk SQLite and Node say that it is full. */
const withWayOn = (message: string) =>
  /ENOSPC|no space left|disk is full/i.test(message)
    ? `${message.replace(/\.?$/, '.')} Make room on the disk of ${inState()}.`
    : message;
