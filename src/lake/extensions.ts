import { globSync } from 'node:fs';
import { inRoot } from '../run/paths.ts';

/** DuckDB's extension files come from the Python environment and load only in this version. */
const duckdbVersion = 'v1.5.5';

/**
 * How a DuckDB is started whose extensions are loaded from these files alone. The set-up has held each against the hash in its lock;
 * to check DuckDB's own signature at every start too would take a sixth of a second, and the library itself, which lies beside
 * them, has none.
 */
export const extensionSettings = {
  allow_unsigned_extensions: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * Find the file of a DuckDB extension in `.venv`.
 *
 * @param name - "ducklake", "sqlite_scanner", "postgres_scanner" or "httpfs"
 * @throws when the set-up has not brought it yet
 */
export function extensionFile(name: string): string {
  const file = `duckdb_extension_${name}/extensions/${duckdbVersion}/${name}.duckdb_extension`;
  // Unix keeps packages in lib/pythonX.Y/site-packages, Windows in Lib/site-packages.
  const [found] = ['lib/python*/site-packages', 'Lib/site-packages'].flatMap(place =>
    globSync(`.venv/${place}/${file}`, { cwd: inRoot() }),
  );
  if (!found)
    throw new Error(
      `Cannot go on: DuckDB's extension "${name}" ${duckdbVersion} is not in ${inRoot('.venv')}. Run "npm run setup".`,
    );
  return inRoot(found);
}
