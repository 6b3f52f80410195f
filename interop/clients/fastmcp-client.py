"""The client of Python FastMCP."""

from typing import Any

from drive import drive
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from verbs import Bell, Verbs, folder, form, hear, hear_log, hear_progress, reference, thought, with_tools


class FastMcp(Verbs):
    def connect(self, target: Any, mode: str) -> Client[Any]:
        return Client(
            target,
            mode=mode,
            timeout=20,
            elicitation_handler=self.elicit,
            sampling_handler=self.sample,
            sampling_capabilities=with_tools,
            extensions=[Bell()],
            roots=[folder],
            log_handler=hear_log,
            progress_handler=hear_progress,
            message_handler=hear,
        )

    def http(self, url: str, headers: dict[str, str]) -> StreamableHttpTransport:
        return StreamableHttpTransport(url, headers)

    def stdio(self, command: str, args: list[str]) -> StdioTransport:
        return StdioTransport(command, args, keep_alive=False)

    async def elicit(self, _message: str, response_type: Any, params: Any, _context: Any) -> Any:
        answer = form(params)
        # The way its users take: an instance of the class that it makes of the form.
        return response_type(**answer.content) if answer.content and response_type else answer

    async def sample(self, _messages: Any, params: Any, _context: Any) -> Any:
        return thought(params)

    async def listTools(self) -> Any:
        return await self.client.list_tools()

    async def listResources(self) -> Any:
        return await self.client.list_resources()

    async def listTemplates(self) -> Any:
        return await self.client.list_resource_templates()

    async def listPrompts(self) -> Any:
        return await self.client.list_prompts()

    async def callTool(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
        # The way its users take, which reads structured content by the tool's schema.
        result = await self.client.call_tool(name, arguments, raise_on_error=False, meta=self.meta)
        return {
            "content": result.content,
            "structuredContent": result.structured_content,
            "isError": result.is_error,
        }

    async def readResource(self, uri: str) -> Any:
        return {"contents": await self.client.read_resource(uri)}

    async def getPrompt(self, name: str, arguments: dict[str, str] | None = None) -> Any:
        return await self.client.get_prompt(name, arguments)

    async def complete(self, ref: dict[str, str], argument: dict[str, str]) -> Any:
        return {"completion": await self.client.complete(reference(ref), argument)}

    async def ping(self) -> None:
        await self.client.ping()


drive(FastMcp())
