// Standard input and output

export { type RunningStdio, type StdioOptions, serveStdio } from "./serve-stdio.ts"
