import { toStandardJsonSchema } from "@valibot/to-json-schema"
import { type } from "arktype"
import { FleetMCP } from "fleetmcp"
import * as v from "valibot"
import * as z from "zod"

const mcp = new FleetMCP("Schemas")

// #region zod
mcp.tool(
  {
    name: "zod",
    description: "Greets somebody some times",
    input: z.object({ name: z.string().min(1), times: z.int().min(1).default(1) }),
  },
  ({ name, times }) => `Hello, ${name}! `.repeat(times).trim(), // times: number
)
// #endregion

// #region valibot
mcp.tool(
  {
    name: "valibot",
    description: "Greets somebody some times",
    input: toStandardJsonSchema(
      v.object({
        name: v.pipe(v.string(), v.minLength(1)),
        times: v.optional(v.pipe(v.number(), v.integer()), 1),
      }),
    ),
  },
  ({ name, times }) => `Hello, ${name}! `.repeat(times).trim(),
)
// #endregion

// #region arktype
mcp.tool(
  {
    name: "arktype",
    description: "Greets somebody some times",
    input: type({ name: "string >= 1", times: "number.integer = 1" }),
  },
  ({ name, times }) => `Hello, ${name}! `.repeat(times).trim(),
)
// #endregion

// #region json-schema
mcp.tool(
  {
    name: "json_schema",
    description: "Greets somebody some times",
    input: {
      type: "object",
      properties: {
        name: { type: "string", minLength: 1 },
        times: { type: "integer", minimum: 1, default: 1 },
      },
      required: ["name"],
    },
  },
  ({ name, times }) => `Hello, ${name}! `.repeat(times).trim(), // typed from the literal
)
// #endregion

// #region lenient
mcp.tool(
  {
    name: "lenient",
    description: 'Takes "2" for 2, as some models write it',
    input: z.object({ times: z.number() }),
    lenient: true,
  },
  ({ times }) => "Hello! ".repeat(times).trim(),
)
// #endregion

export default mcp
