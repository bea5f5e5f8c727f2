import { escapeHtml, type Shown, shown } from './shown.ts';

/**
 * Show a page of this machine inside of the notebook, with a link to it.
 *
 * @param address `http://127.0.0.1:…`; pages from elsewhere are not shown
 * @param options `title`: what the page is, also for screen readers. `height`: in pixels.
 * @throws when the address is none of this machine
 * @example frame(server.address, { title: 'Dashboard' })
 */
export function frame(address: string, options: { title: string; height?: number }): Shown {
  const { title, height = 640 } = options;
  const { protocol, hostname, href } = new URL(address);
  if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(hostname))
    throw new Error(
      `Cannot show ${address} in a frame: wanted an address of this machine, such as http://127.0.0.1:18090.`,
    );
  const [page, name] = [escapeHtml(href), escapeHtml(title)];
  return {
    [shown]: () => ({
      'text/html': `<p><a href="${page}" target="_blank" rel="noopener">${name}: ${page}</a></p><iframe src="${page}" title="${name}" width="100%" height="${height}" style="border:1px solid var(--jp-border-color1,#8888)"></iframe>`,
      'text/plain': `${title}: ${href}`,
    }),
  };
}
