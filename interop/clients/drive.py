"""Lets the checks drive a client, as drive.mjs does."""

import asyncio
import json
import sys
from typing import Any

from pydantic import BaseModel


def plain(value: Any) -> Any:
    """Writes models as the JSON that the protocol has."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def say(line: dict[str, Any]) -> None:
    print(json.dumps(plain(line)), flush=True)


def tell(event: str, value: Any) -> None:
    """Tells what the client heard."""
    say({"event": event, "value": value})


async def run(verbs: Any, command: dict[str, Any]) -> None:
    try:
        result = await getattr(verbs, command["verb"])(**command.get("args", {}))
        say({"id": command["id"], "result": result})
    except BaseException as error:
        # A cancelled command is answered too.
        message = f"{type(error).__name__}: {error}"
        say({"id": command["id"], "error": {"code": getattr(error, "code", None), "message": message}})


async def read_commands(verbs: Any) -> None:
    """Runs commands side by side, each in a task of its own, until the input ends."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    running: dict[int, asyncio.Task[None]] = {}
    async for line in reader:
        command = json.loads(line)
        if "cancel" in command:
            running[command["cancel"]].cancel()
        else:
            running[command["id"]] = asyncio.create_task(run(verbs, command))


def drive(verbs: Any) -> None:
    asyncio.run(read_commands(verbs))
