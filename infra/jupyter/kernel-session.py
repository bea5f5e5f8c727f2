"""A kernel to talk to: one JSON request a line on stdin, one JSON reply a line on stdout. Ends with its stdin.

Requests: {"do": "execute", "code"}, {"do": "complete" | "inspect", "code", "at"}, {"do": "interrupt"} and
{"do": "history"} (answered at once, also while a cell runs), {"do": "pid"}. Every request has an "id", which its reply repeats.
"""

import asyncio
import json
import os
import sys

from jupyter_client.manager import AsyncKernelManager


# The kernel would inherit this pipe and make it non-blocking, and a long answer would be cut where the pipe is full.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def reply(request, **content):
    print(json.dumps({"id": request["id"], **content}), file=answers, flush=True)


longest_cell_seconds = 120


async def execute(client, request):
    try:
        await asyncio.wait_for(run_cell(client, request), longest_cell_seconds)
    except asyncio.TimeoutError:
        reply(request, failure=f"The kernel did not end this cell in {longest_cell_seconds} s:\n{request['code']}")


async def run_cell(client, request):
    asked = client.execute(request["code"])
    outputs = []
    while True:
        message = await client.get_iopub_msg()
        content = message["content"]
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] != "status":
            outputs.append({"type": message["msg_type"], **content})
        elif content["execution_state"] == "idle":
            break
    while (answer := await client.get_shell_msg())["parent_header"].get("msg_id") != asked:
        pass
    reply(request, status=answer["content"]["status"], outputs=outputs)


async def main():
    manager = AsyncKernelManager(kernel_name="tslab")
    await manager.start_kernel(cwd=sys.argv[1], env=dict(os.environ))
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    running = asyncio.Lock()

    async def handle(request):
        if request["do"] == "interrupt":
            await manager.interrupt_kernel()
            return reply(request)
        if request["do"] == "history":
            client.history()
            return reply(request)
        if request["do"] == "pid":
            return reply(request, pid=manager.provisioner.process.pid)
        async with running:
            if request["do"] == "execute":
                await execute(client, request)
            else:
                ask = getattr(client, request["do"])
                answer = await ask(request["code"], request["at"], reply=True, timeout=30)
                reply(request, **answer["content"])

    tasks = set()
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            task = asyncio.create_task(handle(json.loads(line)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=False)


asyncio.run(main())
