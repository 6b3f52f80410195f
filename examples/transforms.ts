// #region order
import { defineTransform, FleetMCP, tool } from "fleetmcp"
import { namespace } from "fleetmcp/transforms/namespace"
import { rename } from "fleetmcp/transforms/rename"

const tools = [
  tool({ name: "add", tags: ["math"] }, () => 3),
  tool({ name: "reset", tags: ["admin"] }, () => "All is gone."),
]

const mcp = new FleetMCP("Demo", { tools, transforms: [rename({ add: "plus" }), namespace("math")] })
// lists `math_plus` and `math_reset`
// #endregion

// #region own
const whole = { principal: undefined, trusted: true }

/** Leaves out what is for administrators, and says in the log how much there is. */
export const guests = defineTransform({
  name: "guests",
  attach: (inner) => ({
    list: (_kind, entries) => entries.filter(({ component }) => !component.tags.includes("admin")),
    async find(kind, id, next) {
      const found = await next(id)
      if (found !== undefined && !found.component.tags.includes("admin")) return found
      const all = await inner.list(kind, whole)
      inner.log({ level: "debug", message: `\`${id}\` is none of ${all.length} for guests` })
      return undefined
    },
  }),
})
// #endregion

export default mcp
