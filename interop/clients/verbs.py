"""What both Python clients do for the checks. Verbs and arguments have the names of the checks."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import mcp_types as types
from drive import tell
from mcp.client.extension import ClientExtension, NotificationBinding
from mcp.client.session import ClientSession
from mcp.client.subscriptions import listen
from pydantic import BaseModel

LOG_LEVEL = "io.modelcontextprotocol/logLevel"


class Held:
    """A context that is entered and left by one task, whichever tasks ask for it."""

    def __init__(self, context: AbstractAsyncContextManager[Any]) -> None:
        self._entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wanted = asyncio.Event()
        self._task = asyncio.create_task(self._hold(context))

    async def _hold(self, context: AbstractAsyncContextManager[Any]) -> None:
        try:
            async with context:
                self._entered.set_result(None)
                await self._wanted.wait()
        except Exception as error:
            if self._entered.done():
                raise
            self._entered.set_exception(error)

    async def enter(self) -> None:
        await self._entered

    async def leave(self) -> None:
        self._wanted.set()
        await self._task


class Verbs:
    client: Any
    held: Held
    subscription: Held
    meta: dict[str, Any] | None = None

    def connect(self, target: Any, mode: str) -> Any:
        """Makes the client, which says what it hears to the functions below."""
        raise NotImplementedError

    def http(self, url: str, headers: dict[str, str]) -> Any:
        """Names a URL as the client wants it."""
        raise NotImplementedError

    def stdio(self, command: str, args: list[str]) -> Any:
        """Names a program as the client wants it."""
        raise NotImplementedError

    @property
    def session(self) -> ClientSession:
        return self.client.session

    @property
    def is_stateless(self) -> bool:
        return (self.session.protocol_version or "") >= "2026"

    async def open(
        self,
        mode: str,
        url: str | None = None,
        headers: dict[str, str] | None = None,
        command: str = "",
        args: list[str] | None = None,
    ) -> None:
        target = self.http(url, headers or {}) if url else self.stdio(command, args or [])
        self.client = self.connect(target, mode)
        self.held = Held(self.client)
        await self.held.enter()

    async def describe(self) -> Any:
        return {
            "revision": self.client.protocol_version,
            "server": self.client.server_info,
            "instructions": self.client.instructions,
        }

    async def close(self) -> None:
        await self.held.leave()

    async def round(
        self,
        name: str,
        arguments: dict[str, Any],
        inputResponses: Any = None,
        requestState: str | None = None,
    ) -> Any:
        return await self.session.call_tool(
            name,
            arguments,
            input_responses=inputResponses,
            request_state=requestState,
            allow_input_required=True,
        )

    async def setLevel(self, level: types.LoggingLevel) -> None:
        if self.is_stateless:
            self.meta = {LOG_LEVEL: level}
        else:
            await self.client.set_logging_level(level)

    async def watch(self, uri: str) -> None:
        if not self.is_stateless:
            await self.session.subscribe_resource(uri)
            return
        changes = listen(
            self.session,
            tools_list_changed=True,
            prompts_list_changed=True,
            resources_list_changed=True,
            resource_subscriptions=[uri],
        )
        self.subscription = Held(changes)
        await self.subscription.enter()

    async def unwatch(self, uri: str) -> None:
        if self.is_stateless:
            await self.subscription.leave()
        else:
            await self.session.unsubscribe_resource(uri)

    async def announceRoots(self) -> None:
        await self.client.send_roots_list_changed()


def reference(ref: dict[str, str]) -> types.PromptReference | types.ResourceTemplateReference:
    if ref["type"] == "ref/prompt":
        return types.PromptReference(**ref)
    return types.ResourceTemplateReference(**ref)


def form(params: types.ElicitRequestParams) -> types.ElicitResult:
    """Answers a question as its text says."""
    tell("asked", params)
    return types.ElicitResult(**json.loads(params.message))


def thought(params: types.CreateMessageRequestParams) -> types.CreateMessageResultWithTools:
    """Says what it was asked, or of tools the first, and then what that gave."""
    content = params.messages[-1].content
    block = content[0] if isinstance(content, list) else content
    if isinstance(block, types.ToolResultContent):
        return said(types.TextContent(type="text", text=f"It is {block.content[0].text}"))
    if params.tools:
        name = params.tools[0].name
        return said(types.ToolUseContent(id="1", name=name, input={"a": 2, "b": 2}), "toolUse")
    return said(types.TextContent(type="text", text=f"echo {block.text}"))


def said(content: Any, stop_reason: str | None = None) -> types.CreateMessageResultWithTools:
    return types.CreateMessageResultWithTools(
        role="assistant", model="none", content=content, stop_reason=stop_reason
    )


folder = types.Root(uri="file:///workspace", name="workspace")
with_tools = types.SamplingCapability(tools=types.SamplingToolsCapability())


class Anything(BaseModel):
    model_config = {"extra": "allow"}


class Bell(ClientExtension):
    identifier = "com.example/bell"

    def notifications(self) -> Sequence[NotificationBinding[Any]]:
        method = "notifications/com.example/bell"

        async def ring(params: Anything) -> None:
            tell("notified", {"method": method, "params": params})

        return [NotificationBinding(method=method, params_type=Anything, handler=ring)]


async def hear_log(params: types.LoggingMessageNotificationParams) -> None:
    tell("log", params)


async def hear_progress(progress: float, total: float | None, message: str | None) -> None:
    tell("progress", {"progress": progress, "total": total, "message": message})


async def hear(message: Any) -> None:
    method = getattr(message, "method", "")
    if method.endswith("list_changed") or method == "notifications/resources/updated":
        tell("changed", {"method": method, "uri": getattr(message.params, "uri", None)})
    elif method == "notifications/elicitation/complete":
        tell("notified", {"method": method, "params": message.params})
