import { createOpenAI } from "@ai-sdk/openai"
import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { FleetMCP, type Sampler } from "fleetmcp"
import { aiSampler } from "fleetmcp/sampling/ai"
import { anthropicSampler } from "fleetmcp/sampling/anthropic"
import { googleSampler } from "fleetmcp/sampling/google"
import { openaiSampler } from "fleetmcp/sampling/openai"
import OpenAI from "openai"
import { same } from "./same.ts"

// The clients of the providers are what the adapters take, as they are.
const openai = openaiSampler({ client: new OpenAI(), model: "gpt-5-mini", body: { reasoning_effort: "low" } })
same<Sampler>()(openai)
anthropicSampler({ client: new Anthropic(), model: "claude-haiku-4-5" })
googleSampler({ client: new GoogleGenAI({ apiKey: "key" }), model: "gemini-2.5-flash" })
aiSampler({ model: createOpenAI({ apiKey: "key" })("gpt-5-mini") })
aiSampler({ model: createOpenAI({ apiKey: "key" }).chat("gpt-5-mini") })

// A model may follow from the request.
openaiSampler({
  client: new OpenAI(),
  model: ({ modelPreferences }) => modelPreferences?.hints?.[0]?.name ?? "gpt-5-mini",
})

new FleetMCP("x", { sampling: { handler: openai } })

// @ts-expect-error Property 'client' is missing.
openaiSampler({ model: "gpt-5-mini" })
// @ts-expect-error A client of another provider has no chat.
openaiSampler({ client: new Anthropic(), model: "gpt-5-mini" })
// @ts-expect-error A name is no model of the AI SDK.
aiSampler({ model: "gpt-5-mini" })
