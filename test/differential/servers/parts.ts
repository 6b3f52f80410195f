import * as z from "zod"

/** What both servers are made of, so that only what the frameworks do with it can differ. */
export const identity = { name: "differential", version: "1.2.3", title: "The same server, twice" } as const
export const instructions = "Ask for anything."

export const schemas = {
  add: z.object({ a: z.number().describe("One"), b: z.number().describe("Other") }),
  echo: z.object({ text: z.string().min(1).max(40), times: z.number().int().min(1).max(5).default(1) }),
  order: z.object({
    item: z.string(),
    size: z.enum(["small", "large"]),
    address: z.object({ city: z.string(), zip: z.string().optional() }),
    tags: z.array(z.string()).max(3).optional(),
  }),
  strict: z.strictObject({ only: z.boolean() }),
  city: z.object({ city: z.string() }),
  weather: z.object({ temperature: z.number(), conditions: z.string() }),
  users: z.array(z.object({ id: z.string() })),
  count: z.object({ to: z.number().int().min(0).max(5) }),
  place: z.object({
    region: z.string().optional().meta({ "x-mcp-header": "Region" }),
    shard: z.number().int().optional().meta({ "x-mcp-header": "Shard" }),
    dryRun: z.boolean().optional().meta({ "x-mcp-header": "Dry-Run" }),
    note: z.string().optional(),
  }),
  form: z.object({
    name: z.string().min(2),
    age: z.number().int().optional(),
    plan: z.enum(["free", "paid"]),
  }),
  nickname: z.object({ nickname: z.string() }),
  review: z.object({ code: z.string().describe("The code"), language: z.string().optional() }),
} as const

export const titles = {
  add: "Add numbers",
  echo: "Echo a text",
  order: "Order something",
  strict: "Take one thing only",
  weather: "Tell the weather",
  users: "List the users",
  wrong: "Return the wrong thing",
  fail: "Fail by accident",
  refuse: "Refuse",
  mixed: "Return all kinds of content",
  nothing: "Return nothing",
  count: "Count with progress",
  chatter: "Log at all levels",
  place: "Repeat arguments in headers",
  register: "Ask for a form",
  visit: "Ask to visit a page",
  think: "Ask the model",
  folders: "Ask for the roots",
  interview: "Ask two things at once",
} as const

export const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
const sound = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="

export const mixedContent = [
  { type: "text", text: "A text" },
  { type: "image", data: pixel, mimeType: "image/png" },
  { type: "audio", data: sound, mimeType: "audio/wav" },
  { type: "resource_link", uri: "config://app", name: "app", mimeType: "application/json" },
  { type: "resource", resource: { uri: "file:///a.txt", mimeType: "text/plain", text: "Inside" } },
] as const

export const levels = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
] as const

export const sampling = {
  messages: [{ role: "user", content: { type: "text", text: "Two and two?" } }],
  maxTokens: 20,
} as const

export const page = "https://example.com/pay?order=1"
export const languages = ["java", "javascript", "typescript", "python"] as const
/** More than one answer may hold. */
export const userIds: readonly string[] = Array.from({ length: 120 }, (_, index) => `user-${index}`)
