/** The methods that only revisions with sessions have: what is served without them is not loaded to know their names. */
export const sessionMethodNames: readonly string[] = [
  "initialize",
  "ping",
  "logging/setLevel",
  "resources/subscribe",
  "resources/unsubscribe",
]
