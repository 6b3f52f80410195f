// #region list
import { tool } from "fleetmcp"

export const list = tool({ name: "list", description: "Lists users" }, () => ["Ada", "Grace"])
// #endregion
