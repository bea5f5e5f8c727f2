/** Make an element. Text is only ever set as text, so that a name which looks like HTML stays a name. */
export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/**
 * Make a table. Columns: `{ title, of, number, code }`; `of` gives the cell's text of a row.
 * Rows that `isFresh` names light up once.
 */
export function table(caption, columns, rows, isFresh = () => false) {
  const kind = ({ number, code }) => (number ? 'number' : code ? 'code' : undefined);
  const head = columns.map(column => element('th', { text: column.title, scope: 'col', class: kind(column) }));
  const lines = rows.map(row =>
    element(
      'tr',
      { class: isFresh(row) ? 'fresh' : undefined },
      ...columns.map(column => element('td', { text: column.of(row), class: kind(column) })),
    ),
  );
  const made = element(
    'table',
    {},
    element('caption', { text: caption }),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...lines),
  );
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, made);
}

/** Put other content into a place. A table that had the keyboard's focus, or was scrolled, gives both to the one in its stead. */
export function put(place, ...content) {
  const before = [...place.querySelectorAll('.scroll')].map(({ scrollTop }) => scrollTop);
  const focused = [...place.querySelectorAll('.scroll')].indexOf(document.activeElement);
  place.replaceChildren(...content);
  for (const [index, region] of [...place.querySelectorAll('.scroll')].entries()) {
    region.scrollTop = before[index] ?? 0;
    if (index === focused) region.focus();
  }
}

/** Put choices into a select, and keep what was chosen if it is still among them. */
export function choices(select, options) {
  const chosen = select.value;
  const known = [...select.options].map(({ value, textContent }) => `${value} ${textContent}`).join('\n');
  if (known === options.map(({ value, text }) => `${value} ${text}`).join('\n')) return;
  select.replaceChildren(...options.map(({ value, text }) => element('option', { value, text })));
  if (options.some(({ value }) => value === chosen)) select.value = chosen;
}

export const nothing = text => element('p', { class: 'empty', text });
