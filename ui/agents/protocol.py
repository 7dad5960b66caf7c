"""The tools over the Model Context Protocol, by its official SDK, which takes a while to load (0.3 s and 25 MB, most of
it with gradio already): so import this only where an agent asks.

Each request stands alone: no session is kept, so nothing is left that somebody else's request could take up, and who
asks is found out anew by the guard. The SDK's own checks of Host and Origin are off, since the guard's come first.
"""

from __future__ import annotations

from asyncio import Event
from functools import partial
from importlib.metadata import version

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from index.errors import OnRecordError
from ui import failures
from ui.agents.envelope import Versions, Worded, Wrong, opened
from ui.agents.toolbox import NOT_INSTRUCTIONS, Called, Given, Tool, Toolbox
from ui.audit.noted import noted
from ui.caller import caller_of
from ui.discreet import spared
from ui.driven import unless_gone
from ui.limiting.turned_away import TurnedAway
from ui.reached import reached_at
from ui.serving import Site

INSTRUCTIONS = (
    "On Record answers from a team's own documents and proves every sentence. `ask` gives an answer with numbered "
    "quotes, or says that the documents do not say; `search` finds passages; `open_source` opens a document at a "
    f"quote. {NOT_INSTRUCTIONS}"
)
_SPOKEN = Versions(tuple(HANDSHAKE_PROTOCOL_VERSIONS), tuple(MODERN_PROTOCOL_VERSIONS))
_HINTS = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


class Protocol:
    """An ASGI app that answers agents with the tools of `toolbox`."""

    def __init__(self, toolbox: Toolbox, site: Site) -> None:
        self._toolbox = toolbox
        self._site = site
        self._server: Server = Server(
            "on-record",
            version=version("onrecord"),
            title="On Record",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an agent that leaves ends the work."""
        request = Request(scope, receive)
        body = await request.body()
        message = opened(body)
        if isinstance(message, Wrong):
            await message.response()(scope, receive, send)
            return
        worded = Worded(send, message, request.headers.get("mcp-protocol-version"), _SPOKEN)
        await unless_gone(receive, partial(self._answer, scope, _replayed(body), worded))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        # One for each request, as it can be run only once; without sessions there is nothing in it that would last.
        manager = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    async def _list(
        self, context: ServerRequestContext, params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in self._toolbox.of(caller_of(_scope(context)))])

    async def _call(self, context: ServerRequestContext, params: types.CallToolRequestParams) -> types.CallToolResult:
        scope = _scope(context)
        called = Called(caller_of(scope), reached_at(Request(scope), self._site), noted(scope))
        try:
            given = await self._toolbox.call(params.name, params.arguments, called)
        except TurnedAway as error:
            return _refused(str(error))
        except OnRecordError as error:
            return _refused(failures.sentence(str(spared(error) if self._site.is_discreet else error)))
        except Exception as error:  # noqa: BLE001  the edge of the process: the agent gets a sentence, the log the rest
            return _refused(failures.sentence(failures.told(error)))
        return _result(given)


def _scope(context: ServerRequestContext) -> Scope:
    if not isinstance(context.request, Request):
        raise RuntimeError("a tool was called by no request")
    return context.request.scope


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.takes.model_json_schema(),
        output_schema=tool.gives.model_json_schema(mode="serialization"),
        annotations=_HINTS,
    )


def _result(given: Given) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=given.text)], structured_content=given.value
    )


def _refused(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)


def _replayed(body: bytes) -> Receive:
    """A `receive` that gives the body once and nothing after: whether the agent is still there is seen elsewhere."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if left:
            return left.pop()
        await Event().wait()
        raise AssertionError("nothing comes after the body")

    return receive
