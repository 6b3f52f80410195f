import { type FleetMCP, resourceContents } from "fleetmcp"
import { pngPixel } from "./media.ts"

/** Text, bytes, a template, and a resource that clients watch. */
export function addResources(mcp: FleetMCP): void {
  mcp.resource(
    { uri: "test://static-text", name: "static-text", description: "Some text", mimeType: "text/plain" },
    () => "This is the content of the static text resource.",
  )
  mcp.resource(
    { uri: "test://static-binary", name: "static-binary", description: "Some bytes", mimeType: "image/png" },
    () => Buffer.from(pngPixel, "base64"),
  )
  mcp.resource(
    { uri: "test://watched-resource", name: "watched-resource", description: "Can be subscribed to" },
    () => "Watched resource content",
  )
  mcp.resource(
    {
      uri: "test://template/{id}/data",
      name: "template-data",
      description: "Data of an id",
      mimeType: "application/json",
      complete: { id: ["123", "456"] },
    },
    ({ id }) => resourceContents({ id, templateTest: true, data: `Data for ID: ${id}` }),
  )
}
