/** One output of a cell in every form a reader may want: MIME type to content. */
export type Bundle = { data: Record<string, unknown>; metadata?: Record<string, unknown> };

/** The method by which a value describes itself to a notebook (the name that Deno's notebooks and Polars use). */
export const shown: unique symbol = Symbol.for('Jupyter.display') as never;

/** Something that describes itself to a notebook: MIME type to content. */
export type Shown = { [shown](): Record<string, string> };

/** Text made safe for HTML, also inside a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
}

/** Prose made safe for HTML; what stands between backticks is code. */
export const inlineHtml = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
