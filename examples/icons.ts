import { FleetMCP, icon } from "fleetmcp"

// #region icons
const dot =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="

const mcp = new FleetMCP("Icons", {
  title: "Icons everywhere",
  websiteUrl: "https://example.com",
  icons: [
    icon("https://example.com/icon.svg", { mimeType: "image/svg+xml", sizes: "any", theme: "light" }),
    icon(dot, { sizes: "1x1" }),
  ],
})

mcp.tool(
  { name: "paint", description: "Has an icon", icons: ["https://example.com/brush.png"] },
  () => "Done",
)
mcp.resource({ uri: "docs://colours", icons: [icon(dot)] }, () => ["red", "green"])
mcp.prompt({ name: "draw", icons: [icon(dot)] }, () => "Draw a house")
// #endregion

export default mcp
