import { type FleetMCP, file, image, message } from "fleetmcp"
import * as z from "zod"
import { pngPixel } from "./media.ts"

/** Prompts with and without arguments, with media, and with suggestions for an argument. */
export function addPrompts(mcp: FleetMCP): void {
  mcp.prompt(
    { name: "test_simple_prompt", description: "Has no arguments" },
    () => "This is a simple prompt for testing.",
  )
  mcp.prompt(
    {
      name: "test_prompt_with_arguments",
      description: "Has two arguments",
      args: z.object({ arg1: z.string().describe("The first"), arg2: z.string().describe("The second") }),
      complete: { arg1: ["test", "testing", "tester"] },
    },
    ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  )
  mcp.prompt(
    {
      name: "test_prompt_with_embedded_resource",
      description: "Holds a resource",
      args: z.object({ resourceUri: z.string().describe("The URI to embed") }),
    },
    ({ resourceUri }) => [
      message.user(
        file("Embedded resource content for testing.", { uri: resourceUri, mimeType: "text/plain" }),
      ),
      message.user("Please process the embedded resource above."),
    ],
  )
  mcp.prompt({ name: "test_prompt_with_image", description: "Holds an image" }, () => [
    message.user(image(pngPixel)),
    message.user("Please analyze the image above."),
  ])
}
