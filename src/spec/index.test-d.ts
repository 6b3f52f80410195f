import { expectTypeOf } from "vitest"
import type * as oldest from "./2024-11-05.ts"
import type * as streamable from "./2025-03-26.ts"
import type * as structured from "./2025-06-18.ts"
import type * as session from "./2025-11-25.ts"
import type * as latest from "./2026-07-28.ts"
import type * as neutral from "./index.ts"

// What any revision may say must be sayable in the neutral types: they are the superset.
type Tools = oldest.Tool | streamable.Tool | structured.Tool | session.Tool | latest.Tool
expectTypeOf<Tools>().toExtend<neutral.Tool>()

type Resources =
  | oldest.Resource
  | streamable.Resource
  | structured.Resource
  | session.Resource
  | latest.Resource
expectTypeOf<Resources>().toExtend<neutral.Resource>()

type Templates =
  | oldest.ResourceTemplate
  | streamable.ResourceTemplate
  | structured.ResourceTemplate
  | session.ResourceTemplate
  | latest.ResourceTemplate
expectTypeOf<Templates>().toExtend<neutral.ResourceTemplate>()

type Prompts = oldest.Prompt | streamable.Prompt | structured.Prompt | session.Prompt | latest.Prompt
expectTypeOf<Prompts>().toExtend<neutral.Prompt>()

type Messages =
  | oldest.PromptMessage
  | streamable.PromptMessage
  | structured.PromptMessage
  | session.PromptMessage
  | latest.PromptMessage
expectTypeOf<Messages>().toExtend<neutral.PromptMessage>()

type ServerAbilities =
  | oldest.ServerCapabilities
  | streamable.ServerCapabilities
  | structured.ServerCapabilities
  | session.ServerCapabilities
  | latest.ServerCapabilities
expectTypeOf<ServerAbilities>().toExtend<neutral.ServerCapabilities>()

type ClientAbilities =
  | oldest.ClientCapabilities
  | streamable.ClientCapabilities
  | structured.ClientCapabilities
  | session.ClientCapabilities
  | latest.ClientCapabilities
expectTypeOf<ClientAbilities>().toExtend<neutral.ClientCapabilities>()

expectTypeOf<session.CallToolResult["content"] | latest.CallToolResult["content"]>().toExtend<
  neutral.CallToolResult["content"]
>()
expectTypeOf<
  session.ElicitRequestFormParams | session.ElicitRequestURLParams | latest.ElicitRequestParams
>().toExtend<neutral.ElicitRequestParams>()
expectTypeOf<
  session.CreateMessageRequestParams | latest.CreateMessageRequestParams
>().toExtend<neutral.CreateMessageRequestParams>()
expectTypeOf<latest.InputRequests>().toExtend<neutral.InputRequests>()
expectTypeOf<
  session.CreateMessageResult | latest.CreateMessageResult
>().toExtend<neutral.CreateMessageResult>()
expectTypeOf<session.ElicitResult | latest.ElicitResult>().toExtend<neutral.ElicitResult>()
expectTypeOf<latest.RequestMetaObject>().toExtend<neutral.RequestMetaObject>()
expectTypeOf<
  latest.CallToolRequestParams | session.CallToolRequestParams
>().toExtend<neutral.CallToolRequestParams>()

// What 2026-07-28 requires of every result is for the codec to add.
expectTypeOf<{ content: [] }>().toExtend<neutral.CallToolResult>()
expectTypeOf<{ tools: [] }>().toExtend<neutral.ListToolsResult>()
expectTypeOf<neutral.CallToolResult>().toExtend<neutral.Result>()
expectTypeOf<neutral.InputRequiredResult>().toExtend<neutral.Result>()
