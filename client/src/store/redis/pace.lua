-- Handles a request about the pace that clients share. This is SharedPace of jumpqr-core, by the
-- clock of Redis. KEYS: the queue of an interface. ARGV: the action, the ticket of the call, how
-- long it can wait or the start of its slot; the calls in a window, the length of a window, when to
-- ask again, and how late. All times are in ms. Returns 0 and the start of a slot, 1 and the time to
-- wait, 2 if that is too long, or 3 if another action is done.
local action, ticket, number = ARGV[1], ARGV[2], tonumber(ARGV[3])
local calls, window = tonumber(ARGV[4]), tonumber(ARGV[5])
local ask_again, grace = tonumber(ARGV[6]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- What is over is not read. Times in the future come from before the clock was set back.
local starts, places, not_before = {}, {}, 0
local stored = redis.call('GET', KEYS[1]) or ''
for kind, first, second in string.gmatch(stored, '(%l)(%d+):?(%d*)') do
  if kind == 's' then
    local start = math.min(tonumber(first), now)
    if now < start + window then
      table.insert(starts, start)
    end
  elseif kind == 'p' then
    local ends_at = math.min(tonumber(second) or 0, now + ask_again + grace)
    if now < ends_at then
      table.insert(places, {first, ends_at})
    end
  elseif kind == 'n' then
    not_before = math.min(tonumber(first), now + window)
  end
end

local known = #places + 1
for index, place in ipairs(places) do
  if place[1] == ticket then
    known = index
  end
end

local code, value = 3, 0
if action == 'reserve' then
  local place = known - 1
  local last = place % calls + #starts - calls
  local start = math.max(now, not_before, last >= 0 and starts[last + 1] + window or 0)
  local wait = start + math.floor(place / calls) * window - now
  if wait == 0 then
    code, value = 0, now
    table.remove(places, known)
    table.insert(starts, now)
  elseif wait > number then
    code = 2
    table.remove(places, known)
  else
    code, value = 1, wait
    places[known] = {ticket, now + math.min(wait, ask_again) + grace}
  end
elseif action == 'give_back' then
  table.remove(places, known)
  for index, start in ipairs(starts) do
    if start == number then
      table.remove(starts, index)
      break
    end
  end
elseif action == 'hold' then
  not_before = math.max(not_before, now + window)
end

local written = {string.format('n%.0f', not_before)}
for _, start in ipairs(starts) do
  table.insert(written, string.format('s%.0f', start))
end
for _, place in ipairs(places) do
  table.insert(written, string.format('p%s:%.0f', place[1], place[2]))
end
local life = math.max(window, ask_again + grace)
redis.call('SET', KEYS[1], table.concat(written, ' '), 'PX', string.format('%.0f', life))
return {code, value}
