// Server

export { type Prompt, type PromptConfig, prompt } from "./components/prompt.ts"
export { type Resource, type ResourceConfig, resource } from "./components/resource.ts"
export type { Template, TemplateConfig } from "./components/template.ts"
// Components
export { type Tool, type ToolConfig, tool } from "./components/tool.ts"
export { type CallOptions, FleetMCP, type FleetMCPOptions, type RunOptions } from "./fleet-mcp.ts"
