import { type Check, expectAnswer, saying, since } from "../check.ts"

const call = (name: string, args: object = {}): object => ({ name, arguments: args })
const hasForms = since("2025-06-18", "elicitation")

/** What a server asks its client. */
export const askingChecks: readonly Check[] = [
  {
    name: "fills in a form",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(
        peer.ask("callTool", call("ask", { answer: "accept" })),
        saying('{"action":"accept","data":{"name":"Ada","size":"m"}}'),
      ),
  },
  {
    name: "declines a form",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("ask", { answer: "decline" })), saying('{"action":"decline"}')),
  },
  {
    name: "cancels a form",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("ask", { answer: "cancel" })), saying('{"action":"cancel"}')),
  },
  {
    name: "opens a page",
    unless: since("2025-11-25", "elicitation by URL"),
    run: (peer) => expectAnswer(peer.ask("callTool", call("visit")), saying("accept")),
  },
  {
    name: "lets its model write",
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("think")), saying('{"type":"text","text":"echo 2 + 2?"}')),
  },
  {
    name: "names its folders",
    run: (peer) =>
      expectAnswer(
        peer.ask("callTool", call("folders")),
        saying('[{"uri":"file:///workspace","name":"workspace"}]'),
      ),
  },
  {
    name: "answers several questions of one call",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("callTool", call("interview")), saying("1 folder, echo which?, Ada")),
  },
  {
    name: "answers the question of a prompt",
    unless: hasForms,
    run: (peer) =>
      expectAnswer(peer.ask("getPrompt", { name: "asking" }), {
        messages: [{ role: "user", content: { type: "text", text: "Ada" } }],
      }),
  },
]
