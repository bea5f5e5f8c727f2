import { dress } from '/assets/show/chart.ts';
import { element, nothing, put, table } from './elements.mjs';

const { vega, vegaLite } = globalThis;
const views = new WeakMap();

/**
 * Draw a figure: its caption, the chart, and its numbers as a table that can be unfolded. Expressions run in Vega's own
 * interpreter, since the page's policy lets no text become a script.
 */
export async function draw(figure, { title, subtitle, spec, columns, rows }) {
  if (!figure.firstChild) {
    figure.append(
      element('figcaption', {}),
      element('div', { class: 'chart' }),
      element('details', {}, element('summary', { text: 'Numbers' }), element('div')),
    );
    figure.querySelector('details').addEventListener('toggle', () => showNumbers(figure));
  }
  const [caption, chart] = figure.children;
  caption.replaceChildren(title, element('small', { text: subtitle }));
  figure.numbers = () => table(title, columns, rows);
  showNumbers(figure);
  views.get(figure)?.finalize();
  views.delete(figure);
  if (rows.length === 0) return chart.replaceChildren(nothing('No rows yet.'));
  const width = Math.max(240, chart.clientWidth);
  const sized = { width, height: 260, autosize: { type: 'fit', contains: 'padding' }, ...spec };
  const drawn = dress({ ...sized, description: `${title}. ${subtitle}. The numbers are in the table below.` });
  const { config, ...rest } = drawn['application/vnd.vegalite.v5+json'];
  const compiled = vegaLite.compile({ ...rest, config }).spec;
  const view = new vega.View(vega.parse(compiled, null, { ast: true }), {
    expr: vega.expressionInterpreter,
    renderer: 'svg',
    container: chart,
    hover: true,
    logLevel: vega.Error,
  });
  views.set(figure, view);
  await view.runAsync();
}

/** A table is made when it is looked at. */
function showNumbers(figure) {
  const details = figure.querySelector('details');
  if (details.open) put(details.lastChild, figure.numbers());
}
