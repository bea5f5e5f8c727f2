// Imported first by every command: an error that says what to do is shown without its stack.
process.on('uncaughtException', error => {
  const bug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  console.error(bug ? error.stack : error.message);
  process.exit(1);
});
