// #region skills
import { FleetMCP } from "fleetmcp"
import { skills, skillsExtension } from "fleetmcp/providers/skills"

const shop = skills(new URL("skills/", import.meta.url))

const mcp = new FleetMCP("Shop", { plugins: [skillsExtension(shop)] })

export default mcp
// #endregion
