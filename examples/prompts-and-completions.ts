import { FleetMCP, file, message, PromptResult } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Prompts")

// #region prompt
mcp.prompt(
  {
    name: "review",
    description: "Reviews code",
    args: z.object({ code: z.string().describe("The code"), strict: z.boolean().default(false) }),
  },
  ({ code, strict }) => `${strict ? "Review this code line by line" : "Review this code"}:\n${code}`,
)
// #endregion

// #region messages
mcp.prompt(
  { name: "debug", description: "Finds the cause of an error", args: z.object({ error: z.string() }) },
  ({ error }) => [
    message.user(`I get this error:\n${error}`),
    message.user(file("level=error", { name: "app.log" })),
    message.assistant("I'll help. What did you try so far?"),
  ],
)
// #endregion

// #region completion
const repositories: Readonly<Record<string, readonly string[]>> = {
  ada: ["engine", "notes"],
  alan: ["bombe"],
}

mcp.prompt(
  {
    name: "summarize",
    description: "Summarizes a repository",
    args: z.object({ owner: z.string(), repository: z.string() }),
    complete: {
      owner: Object.keys(repositories), // filtered by what was typed
      repository: (typed, { arguments: { owner = "" } }) =>
        (repositories[owner] ?? []).filter((name) => name.startsWith(typed)),
    },
  },
  ({ owner, repository }) =>
    new PromptResult({
      description: `About ${owner}/${repository}`,
      messages: `Summarize ${owner}/${repository}`,
    }),
)
// #endregion

export default mcp
