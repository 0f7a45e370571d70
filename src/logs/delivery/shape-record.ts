/** Family and container of lines whose container the ECS agent doesn't know: of no task, or seen before the agent knew it. */
export const unassigned = 'unassigned';

/** What the tag was made of, and the record doesn't keep. */
export const tagFields: readonly string[] = ['family', 'revision', 'container', 'day'];

/**
 * For Fluent Bit's Lua filter: makes of a line of Docker's file the record that FireLens would have made, with the day of its
 * time (UTC) for its tag. The lines of `ownFamily` are dropped.
 */
export const shapeRecord = (ownFamily: string): string =>
  `
function shape(tag, time, record)
  if record["family"] == "${ownFamily}" then return -1, time, record end
  local shaped = {}
  for key, value in pairs(record) do
    if value ~= "" then shaped[key] = value end
  end
  shaped["time"] = nil
  shaped["stream"] = nil
  shaped["source"] = record["stream"]
  shaped["log"] = string.gsub(record["log"] or "", "\\n$", "")
  shaped["container_id"] = string.match(tag, "%x+$")
  if shaped["family"] and shaped["container"] then
    shaped["container_name"] = "/" .. (shaped["container_name"] or "")
    shaped["ecs_task_definition"] = shaped["family"] .. ":" .. (shaped["revision"] or "")
  else
    shaped["family"] = "${unassigned}"
    shaped["container"] = "${unassigned}"
  end
  shaped["day"] = os.date("!%Y.%m.%d", math.floor(time))
  return 2, time, shaped
end
`.trim();
