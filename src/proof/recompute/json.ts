const tokens = /"(?:[^"\\]|\\.)*"|-?(?:inf(?:inity)?|nan)|[{}[\],:]/gis;

/**
 * Parse JSON as the document wants it read: of a name that comes twice in an object the first counts, half a surrogate
 * pair is no text, and NaN, Inf and Infinity (in any case, with or without a minus) are numbers that are not finite
 * (`Infinity` here).
 *
 * @returns undefined when it is no JSON
 */
export function readJson(text: string): unknown {
  const open: (Set<string> | undefined)[] = []; // names seen in each object that is open; undefined for an array
  let name = false; // whether the next text is a name
  let broken = false;
  let repeated = 0;
  const take = (token: string): string => {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined);
      name = token === '{';
    } else if (token === '}' || token === ']') {
      open.pop();
      name = false;
    } else if (token === ',') name = open.at(-1) !== undefined;
    else if (token === ':') name = false;
    else if (token.startsWith('"')) return takeText(token);
    else return token.startsWith('-') ? '-1e999' : '1e999';
    return token;
  };
  const takeText = (token: string): string => {
    const read = token.includes('\\') ? parse(token) : token.slice(1, -1);
    broken ||= typeof read !== 'string' || !read.isWellFormed();
    const seen = open.at(-1);
    if (!name || !seen) return token;
    if (!seen.has(String(read))) {
      seen.add(String(read));
      return token;
    }
    return `"repeated ${repeated++}"`;
  };
  const read = parse(text.replace(tokens, take));
  return broken ? undefined : read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
