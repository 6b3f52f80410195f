import { deferred, type Requirement, tested } from "../requirement.ts"

/** Tasks, apps, skills, and the security of all. */
export const extensions: readonly Requirement[] = [
  deferred("tasks extension", "S-290", [
    "MUST",
    "declared in `capabilities.extensions`, on `tools/call` only",
  ]),
  deferred("tasks extension", "S-291", ["MUST", "no task for a request that did not declare it"]),
  deferred("tasks extension", "S-292", ["MUST", "`resultType: task` on the creation only"]),
  deferred("tasks extension", "S-293", ["MUST", "durable before it is answered"]),
  deferred("tasks extension", "S-294", ["MUST", "`complete` results of `tasks/*`"]),
  deferred("tasks extension", "S-295", ["MUST", "`tasks/get` by status"]),
  deferred("tasks extension", "S-296", ["MUST", "keys are never used twice"]),
  deferred("tasks extension", "S-297", ["MUST", "empty acknowledgements"]),
  deferred("tasks extension", "S-298", ["MUST", "-32602 for an unknown task, -32021 without the extension"]),
  deferred("tasks extension", "S-299", ["MUST", "`failed` for protocol errors only"]),
  deferred("tasks extension", "S-300", ["MAY", "`notifications/tasks` to listeners"]),
  deferred("tasks extension", "S-301", ["MUST", "unguessable ids, checked on every request"]),
  deferred("tasks extension", "S-302", ["MAY", "limits on polling"]),
  deferred("tasks extension", "S-303", ["MUST", "`Mcp-Name` is the task id"]),
  deferred("session era", "S-305", ["MAY", "core tasks of 2025-11-25"]),

  deferred("apps extension", "S-310", ["MUST", "`ui://` resources of their MIME type"]),
  deferred("apps extension", "S-311", ["MUST", "`_meta.ui` on tools"]),
  deferred("apps extension", "S-312", ["MUST", "`_meta.ui` on contents"]),
  deferred("apps extension", "S-313", ["MUST", "the resource exists"]),
  deferred("apps extension", "S-314", ["MUST", "content for hosts without it"]),
  deferred("apps extension", "S-315", ["MUST", "structured content is the data of the page"]),
  deferred("apps extension", "S-316", ["MUST", "one listing for all"]),

  deferred("skills extension", "S-320", ["MUST", "`skills/list` and `skills/get`"]),
  deferred("skills extension", "S-321", ["MUST", "complete entries"]),
  deferred("skills extension", "S-322", ["MUST", "the folder has the skill's name"]),
  deferred("skills extension", "S-323", ["MUST", "cache hints, atomic entries"]),
  deferred("skills extension", "S-324", ["MUST", "every skill can be got"]),
  deferred("skills extension", "S-325", ["MUST", "digests of the bytes served"]),
  deferred("skills extension", "S-326", ["SHOULD", "MIME types and names"]),

  tested("S-330", "MUST", "verify every request; state does not authenticate"),
  deferred("storage", "S-331", ["SHOULD", "random handles, bound to their user, that expire"]),
  deferred("stdio", "S-332", ["SHOULD", "local servers prefer stdio"]),
  tested("S-333", "MUST", "what is hidden cannot be called"),
  tested("S-334", "MUST", "errors leak no internals where they are masked"),
  deferred("the conformance suite", "S-335", ["MUST", "every scenario of the requirement sets"]),
]
