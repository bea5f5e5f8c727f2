const signs = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Show one line about work under way, with the seconds it has taken: the first steps have no package to do it. */
export async function withProgress(title, work) {
  const startedAt = Date.now();
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  if (!process.stdout.isTTY) {
    console.log(`${title} …`);
    return work(() => {});
  }
  let last = '';
  let turn = 0;
  const draw = () => {
    const line = `${signs[turn++ % signs.length]} ${title} (${seconds()}) ${last}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, 100);
  try {
    await work(line => {
      last = line;
    });
    process.stdout.write(`\r\x1b[K✔ ${title} (${seconds()})\n`);
  } catch (error) {
    process.stdout.write(`\r\x1b[K✖ ${title}\n`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
