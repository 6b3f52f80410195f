"""Python FastMCP, over stdio, or HTTP with JSON answers (events where the row streams). Wire: 2025-11-25."""

import json
import sys
from typing import Annotated, Literal

from fastmcp import Context, FastMCP
from fastmcp.tools import Tool
from pydantic import Field

config = json.loads(sys.argv[1])
mcp = FastMCP("bench", version="1.0.0")


def add(a: float, b: float) -> str:
    return f"{a + b:g}"


def echo(text: str) -> str:
    return text


async def progress(steps: int, ctx: Context) -> str:
    for step in range(1, steps + 1):
        await ctx.report_progress(step, steps)
    return "done"


def filler(
    id: Annotated[str, Field(description="Which record")],
    count: Annotated[float, Field(description="How many to take")],
    mode: Annotated[Literal["read", "write", "append"], Field(description="What to do with it")],
    note: Annotated[str | None, Field(description="A remark kept beside the change")] = None,
) -> str:
    return "ok"


def record() -> str:
    return "{}"


def hello() -> str:
    return "Say hello"


called = [
    (add, "add", "Add two numbers"),
    (echo, "echo", "Give the text back"),
    (progress, "progress", "Report progress a number of times"),
]
fillers = [
    (filler, f"tool_{i:04}", f"Tool number {i:04}: looks a record up by its id and changes one of its fields.")
    for i in range(3, config["tools"])
]
for function, name, description in (called + fillers)[: config["tools"]]:
    # Text alone, as everybody here answers.
    mcp.add_tool(Tool.from_function(function, name=name, description=description, output_schema=None))
for i in range(config["resources"]):
    mcp.resource(f"bench://records/{i:04}", name=f"record_{i:04}", description=f"Record number {i:04}")(record)
for i in range(config["prompts"]):
    mcp.prompt(name=f"prompt_{i:04}", description=f"Prompt number {i:04}")(hello)

if config["port"]:
    mcp.run(
        transport="http",
        host="127.0.0.1",
        port=config["port"],
        path="/mcp",
        json_response=not config.get("stream"),
        uvicorn_config={"access_log": False, "log_level": "error"},
        show_banner=False,
    )
else:
    mcp.run(transport="stdio", show_banner=False, log_level="ERROR")
