import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterError, type CellRun, type Output } from './kernel-session.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// These run in the page, whose types this project does not load. `jupyterapp` is there because the configuration asks for it.
const isIdle = `
  jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle' &&
  ![...document.querySelectorAll('.jp-InputArea-prompt')].some(prompt => prompt.textContent === '[*]:')`;
const kernelState = `
  (({ session, kernelDisplayStatus } = {}) => kernelDisplayStatus + ', ' + session?.kernel?.connectionStatus + ', ' +
    document.querySelector('.jp-Dialog')?.textContent)(jupyterapp.shell.currentWidget?.sessionContext)`;
const runCode = `async code => {
  const asked = jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
  const outputs = [];
  asked.onIOPub = ({ header, content }) => header.msg_type !== 'status' && outputs.push({ type: header.msg_type, ...content });
  const { content } = await asked.done;
  return { status: content.status, outputs, text: outputs.map(({ text }) => text ?? '').join('') };
}`;
const codeCells = `
  [...jupyterapp.shell.currentWidget.content.model.cells]
    .filter(({ type }) => type === 'code')
    .map(({ sharedModel, outputs }) => ({ source: sharedModel.source, outputs: outputs.toJSON() }))`;
const notebookHeight = `
  [...document.querySelectorAll('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell')]
    .reduce((sum, cell) => sum + cell.getBoundingClientRect().height, 0)`;

/** Height of one picture in pixels; longer notebooks take several. */
const sheetHeight = 4000;

/** A notebook open in a browser. */
export interface OpenNotebook {
  page: Page;
  /** The notebook in front; JupyterLab keeps others open behind it. */
  panel: Locator;
  /** What the browser's console called an error, and every exception of the page. */
  problems: string[];
  /** Run every cell from the first and wait until the kernel is idle; gives the error outputs, empty when all is well. */
  runAll(timeoutMs?: number): Promise<string[]>;
  /** Wait until no cell runs or waits. */
  untilIdle(timeoutMs?: number): Promise<void>;
  /** Texts of the error outputs that stand in the notebook now. */
  errors(): Promise<string[]>;
  /** Run code in the notebook's kernel, beside its cells. */
  execute(code: string): Promise<CellRun>;
  /** The code cells as they stand now, with their outputs as a notebook's file holds them. */
  codeCells(): Promise<{ source: string; outputs: Pick<Output, 'data' | 'text'>[] }[]>;
  /** Switch JupyterLab between light and dark. */
  theme(theme: 'light' | 'dark'): Promise<void>;
  /** Save the notebook and load the page again, as a learner who comes back the next day. */
  reload(): Promise<void>;
  /** End the notebook's kernel and close its page. */
  shutDown(): Promise<void>;
  /** Keep pictures of the whole notebook, from top to bottom; gives their paths. */
  screenshots(name: string, folder: string): Promise<string[]>;
}

/** Start Chromium: the one at `CHROMIUM_PATH`, or /usr/bin/chromium. Close it with `await using` or `close()`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: flags });
}

/**
 * Open a notebook in JupyterLab and wait until its kernel is ready.
 *
 * @param address Address of the notebook with its token, as `startJupyter` gives it.
 */
export async function openNotebook(browser: Browser, address: string): Promise<OpenNotebook> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 });
  const panel = page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  const problems: string[] = [];
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', error => problems.push(String(error)));
  const command = (id: string) =>
    page.evaluate(`jupyterapp.commands.execute(${JSON.stringify(id)}).then(() => undefined)`);
  const untilIdle = async (timeoutMs = 60_000) => {
    await page.waitForFunction(isIdle, undefined, { timeout: timeoutMs, polling: 200 });
  };
  const errors = () =>
    panel
      .locator(
        '[data-mime-type="application/vnd.jupyter.error"], .jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]',
      )
      .allInnerTexts();
  const ready = async () => {
    await panel.locator('.jp-Cell').first().waitFor({ timeout: 60_000 });
    await untilIdle().catch(async error => {
      throw new Error(`The kernel is not ready: ${await page.evaluate(kernelState)}.`, { cause: error });
    });
  };
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  await ready();
  return {
    page,
    panel,
    problems,
    errors,
    untilIdle,
    async runAll(timeoutMs) {
      await command('notebook:run-all-cells');
      await untilIdle(timeoutMs);
      return errors();
    },
    async execute(code) {
      const run = await page.evaluate<CellRun>(`(${runCode})(${JSON.stringify(code)})`);
      if (run.status !== 'ok') await afterError();
      return run;
    },
    codeCells: () => page.evaluate(codeCells),
    async theme(theme) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction(`document.body.dataset.jpThemeLight === '${theme === 'light'}'`);
    },
    async reload() {
      await command('docmanager:save');
      await page.reload({ waitUntil: 'domcontentloaded' });
      await ready();
    },
    async shutDown() {
      await page.evaluate('jupyterapp.shell.currentWidget?.sessionContext.shutdown()');
      await page.close();
    },
    async screenshots(name, folder) {
      mkdirSync(folder, { recursive: true });
      const height = Math.ceil(await page.evaluate<number>(notebookHeight));
      const paths: string[] = [];
      await page.setViewportSize({ width: 1280, height: Math.min(Math.max(height + 140, 600), sheetHeight) });
      const step = Math.min(height, sheetHeight - 140);
      for (let top = 0; top < height; top += step) {
        await page.evaluate(
          `document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer').scrollTop = ${top}`,
        );
        await page.evaluate('new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
        const path = join(folder, `${name}-${paths.length + 1}.png`);
        await page.screenshot({ path });
        paths.push(path);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      return paths;
    },
  };
}
