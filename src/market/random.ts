/**
 * Numbers that look random and are addressed, not drawn: each is a function of a key and a counter, so that any instant of
 * the simulated market can be computed without the instants before it.
 */

/** Mix 32 bits so that every input bit touches every output bit (the "lowbias32" finalizer, public domain). */
function mix(bits: number): number {
  let x = bits | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/**
 * Fold words and numbers into one 32-bit key.
 *
 * @example keyOf(7, 'bitcoin', 'volume') // always the same number, unlike that of (7, 'bitcoin', 'price')
 */
export function keyOf(...parts: (string | number)[]): number {
  let key = 0x9e3779b9;
  for (const part of parts)
    for (const character of `${part}/`) key = mix(key ^ mix(character.codePointAt(0)! + 0x7f4a7c15));
  return key;
}

/** The uniform number at counter `n` of a key, in the open interval (0, 1). */
export const uniform = (key: number, n: number): number => (mix(mix(n ^ key) + key) + 0.5) / 4294967296;

/** The standard normal number at counter `n` of a key (Box and Muller, 1958). */
export const normal = (key: number, n: number): number =>
  Math.sqrt(-2 * Math.log(uniform(key, 2 * n))) * Math.cos(2 * Math.PI * uniform(key, 2 * n + 1));

/** Noise that wanders from one standard normal number to the next as `x` passes the whole numbers; continuous in `x`. */
export function wander(key: number, x: number): number {
  const n = Math.floor(x);
  const share = x - n;
  return normal(key, n) * (1 - share) + normal(key, n + 1) * share;
}
