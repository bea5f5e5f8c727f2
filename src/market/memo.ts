/**
 * Remember the last `limit` results of a pure function of one number; the oldest is forgotten first.
 *
 * @example const square = memo(2, n => n * n)
 */
export function memo<T>(limit: number, make: (n: number) => T): (n: number) => T {
  const known = new Map<number, T>();
  return n => {
    const found = known.get(n);
    if (found !== undefined) return found;
    const made = make(n);
    if (known.size >= limit) known.delete(known.keys().next().value!);
    known.set(n, made);
    return made;
  };
}
