// #region status
import { prompt, resource } from "fleetmcp"

export const status = resource("shop://status", () => ({ open: true }))

export default prompt("greet", () => "Greet the customer.")
// #endregion
