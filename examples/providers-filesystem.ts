// #region filesystem
import { FleetMCP } from "fleetmcp"
import { filesystem } from "fleetmcp/providers/filesystem"

const components = filesystem(new URL("components/", import.meta.url), {
  watch: process.env.NODE_ENV === "development",
})

const mcp = new FleetMCP("Shop", { providers: [components] })

export default mcp
// #endregion
