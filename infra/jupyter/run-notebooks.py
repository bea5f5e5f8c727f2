"""Run notebooks from the first cell in the real kernel, without a browser, several at once.

Reads a request as JSON from stdin: {"notebooks": [{"path", "env"}], "cwd", "jobs", "timeoutSeconds", "out"?}. Writes one
line of JSON a notebook to stdout: {"path", "seconds", "cells", "failure": null | {"cell", "source", "message"}, "warnings"}.
With "out", the executed notebooks are kept in that folder. A cell that fails stops its notebook.
"""

import asyncio
import json
import os
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

colours = re.compile(r"\x1b\[[0-9;]*m")


async def run(notebook, request):
    content = nbformat.read(notebook["path"], as_version=4)
    position = -1

    def started(cell, cell_index):
        nonlocal position
        position = cell_index

    client = NotebookClient(
        content,
        kernel_name="tslab",
        timeout=request["timeoutSeconds"],
        startup_timeout=60,
        on_cell_start=started,
        resources={"metadata": {"path": request["cwd"]}},
    )
    begin = time.monotonic()
    failure = None
    try:
        await client.async_execute(env={**os.environ, **notebook.get("env", {})})
    except CellExecutionError as error:
        failure = f"{error.ename}: {error.evalue}"
    except CellTimeoutError:
        failure = f"ran longer than {request['timeoutSeconds']} s"
    except (DeadKernelError, RuntimeError, OSError) as error:
        failure = f"the kernel ended or did not start: {error}"
    if request.get("out"):
        os.makedirs(request["out"], exist_ok=True)
        nbformat.write(content, os.path.join(request["out"], os.path.basename(notebook["path"])))
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    outputs = [output for cell in cells for output in cell.outputs]
    source = content.cells[position].source if position >= 0 else ""
    return {
        "path": notebook["path"],
        "seconds": round(time.monotonic() - begin, 2),
        "cells": len(cells),
        "failure": failure and {"cell": position + 1, "source": source, "message": colours.sub("", failure)},
        "warnings": [output.text for output in outputs if output.get("name") == "stderr"],
    }


async def main():
    request = json.load(sys.stdin)
    places = asyncio.Semaphore(request["jobs"])

    async def in_turn(notebook):
        async with places:
            print(json.dumps(await run(notebook, request)), flush=True)

    await asyncio.gather(*(in_turn(notebook) for notebook in request["notebooks"]))


asyncio.run(main())
