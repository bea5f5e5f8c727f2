#!/bin/sh
# Starts the TypeScript kernel in the project's own Node, or the machine's if it is new enough, whatever PATH says first.
root=$(cd "$(dirname "$0")/../../../.." && pwd)
for node in "$TICKLAKE_NODE" "$root"/.ticklake/tools/node/node_modules/node*/bin/node "$(command -v node)"; do
  [ -x "$node" ] || continue
  major=$("$node" --version | sed 's/^v\([0-9]*\).*/\1/')
  [ "${major:-0}" -ge 24 ] || continue
  exec "$node" --disable-warning=ExperimentalWarning \
    "$root/infra/jupyter/launch.cjs" "$1"
done
echo "Cannot start the TypeScript kernel: found no Node 24 or newer. Run \"npm run setup\" in $root." >&2
exit 1
