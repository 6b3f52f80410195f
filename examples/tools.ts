import { FleetMCP, file, image, link, ToolResult, text } from "fleetmcp"
import * as z from "zod"

const mcp = new FleetMCP("Tools")

// #region described
mcp.tool(
  {
    name: "convert",
    title: "Convert temperature",
    description: "Converts degrees Celsius to Fahrenheit or Kelvin",
    input: z.object({
      celsius: z.number().min(-273.15).describe("Degrees Celsius"),
      to: z.enum(["fahrenheit", "kelvin"]).default("fahrenheit"),
    }),
    annotations: { readOnlyHint: true, openWorldHint: false },
    tags: ["math"],
  },
  ({ celsius, to }) => (to === "kelvin" ? celsius + 273.15 : celsius * 1.8 + 32),
)
// #endregion

// #region output
mcp.tool(
  {
    name: "weather",
    description: "Says the weather in a city",
    input: z.object({ city: z.string() }),
    output: z.object({ city: z.string(), degrees: z.number(), sky: z.string() }),
    render: ({ city, degrees, sky }) => `${sky}, ${degrees} °C in ${city}`,
  },
  ({ city }) => ({ city, degrees: 21, sky: "Sunny" }),
)
// #endregion

// #region content
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="

mcp.tool({ name: "report", description: "Shows every kind of content" }, () => [
  text("The report, for the user's eyes only", { annotations: { audience: ["user"] } }),
  image(pixel),
  file("day,visits\n1,20\n", { name: "visits.csv" }),
  link("docs://handbook", { description: "Explains the numbers" }),
])
// #endregion

// #region result
mcp.tool(
  { name: "search", description: "Searches the handbook", input: z.object({ query: z.string() }) },
  ({ query }) => {
    const hits = [{ page: 3, title: `All about ${query}` }]
    return new ToolResult({
      content: `${hits.length} hit: page 3`,
      structuredContent: { hits },
      meta: { "com.example/took-ms": 2 },
    })
  },
)
// #endregion

// #region generator
mcp.tool(
  { name: "count", description: "Counts", input: z.object({ to: z.int().max(1000) }), timeout: 10_000 },
  async function* ({ to }) {
    for (let n = 1; n <= to; n++) yield n
  },
)
// #endregion

// #region headers
mcp.tool(
  {
    name: "order",
    description: "Orders from the shop of a region",
    input: z.object({ region: z.string(), item: z.string() }),
    headers: { region: "Region" }, // gateways may route by `Mcp-Param-Region`
  },
  ({ region, item }) => `Ordered ${item} in ${region}`,
)
// #endregion

export default mcp
