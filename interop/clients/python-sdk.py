"""The official Python SDK."""

from typing import Any

import httpx2
from drive import drive
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ListRootsResult
from verbs import Bell, Verbs, folder, form, hear, hear_log, hear_progress, reference, thought, with_tools


class PythonSdk(Verbs):
    def connect(self, target: Any, mode: str) -> Client:
        return Client(
            target,
            mode=mode,
            read_timeout_seconds=20,
            elicitation_callback=self.elicit,
            sampling_callback=self.sample,
            sampling_capabilities=with_tools,
            extensions=[Bell()],
            list_roots_callback=self.roots,
            logging_callback=hear_log,
            message_handler=hear,
        )

    def http(self, url: str, headers: dict[str, str]) -> Any:
        return streamable_http_client(url, http_client=httpx2.AsyncClient(headers=headers, timeout=None))

    def stdio(self, command: str, args: list[str]) -> StdioServerParameters:
        return StdioServerParameters(command=command, args=args)

    async def elicit(self, _: Any, params: Any) -> Any:
        return form(params)

    async def sample(self, _: Any, params: Any) -> Any:
        return thought(params)

    async def roots(self, _: Any) -> ListRootsResult:
        return ListRootsResult(roots=[folder])

    async def all(self, page_of: Any, key: str) -> list[Any]:
        """All pages of a list, of which each names its `key`."""
        page = await page_of(cursor=None)
        found = list(getattr(page, key))
        while page.next_cursor is not None:
            page = await page_of(cursor=page.next_cursor)
            found += getattr(page, key)
        return found

    async def listTools(self) -> Any:
        return await self.all(self.client.list_tools, "tools")

    async def listResources(self) -> Any:
        return await self.all(self.client.list_resources, "resources")

    async def listTemplates(self) -> Any:
        return await self.all(self.client.list_resource_templates, "resource_templates")

    async def listPrompts(self) -> Any:
        return await self.all(self.client.list_prompts, "prompts")

    async def callTool(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
        return await self.client.call_tool(name, arguments, progress_callback=hear_progress, meta=self.meta)

    async def readResource(self, uri: str) -> Any:
        return await self.client.read_resource(uri)

    async def getPrompt(self, name: str, arguments: dict[str, str] | None = None) -> Any:
        return await self.client.get_prompt(name, arguments)

    async def complete(self, ref: dict[str, str], argument: dict[str, str]) -> Any:
        return await self.client.complete(reference(ref), argument)

    async def ping(self) -> None:
        await self.client.send_ping()


drive(PythonSdk())
