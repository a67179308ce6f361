// The events of calls, against the sandbox that `ffi-c/test` has started.
#include "client.hpp"
#include "files.hpp"
#include "../support/http_client.hpp"

#include <cstdlib>
#include <mutex>
#include <regex>

namespace {

const std::string secret = "EVENTSSECRET";

const std::vector<std::pair<std::string, double (*)(const jumpqr_call_event *)>> times = {
    {"duration_ms", jumpqr_call_event_duration_ms}, {"thread_ms", jumpqr_call_event_thread_ms},
    {"slot_ms", jumpqr_call_event_slot_ms},         {"token_ms", jumpqr_call_event_token_ms},
    {"lock_ms", jumpqr_call_event_lock_ms},         {"retry_ms", jumpqr_call_event_retry_ms},
    {"wechat_ms", jumpqr_call_event_wechat_ms},
};

json status_of(int32_t status) { return status >= 0 ? json(status) : json(nullptr); }
json errcode_of(int64_t errcode) { return errcode ? json(errcode) : json(nullptr); }

json attempt_of(const jumpqr_call_event *event, size_t index) {
  return {{"purpose", text_or_null(jumpqr_call_event_attempt_purpose(event, index))},
          {"start_ms", jumpqr_call_event_attempt_start_ms(event, index)},
          {"duration_ms", jumpqr_call_event_attempt_duration_ms(event, index)},
          {"status", status_of(jumpqr_call_event_attempt_status(event, index))},
          {"errcode", errcode_of(jumpqr_call_event_attempt_errcode(event, index))},
          {"code", text_or_null(jumpqr_call_event_attempt_code(event, index))},
          {"rid", text_or_null(jumpqr_call_event_attempt_rid(event, index))},
          {"next", text_or_null(jumpqr_call_event_attempt_next(event, index))}};
}

json event_of(const jumpqr_call_event *event) {
  json attempts = json::array();
  for (size_t i = 0; i < jumpqr_call_event_attempt_count(event); i++) attempts.push_back(attempt_of(event, i));
  json fields = {{"interface", text_or_null(jumpqr_call_event_interface(event))},
                 {"appid", text_or_null(jumpqr_call_event_appid(event))},
                 {"token_renewed", jumpqr_call_event_token_renewed(event)},
                 {"read_back", jumpqr_call_event_read_back(event)},
                 {"status", status_of(jumpqr_call_event_status(event))},
                 {"errcode", errcode_of(jumpqr_call_event_errcode(event))},
                 {"code", text_or_null(jumpqr_call_event_code(event))},
                 {"rid", text_or_null(jumpqr_call_event_rid(event))},
                 {"outcome", text_or_null(jumpqr_call_event_outcome(event))},
                 {"attempts", attempts}};
  for (const auto &[name, read] : times) fields[name] = read(event);
  return fields;
}

// What a listener has heard.
struct Heard {
  json events = json::array();
  std::string wrong;
};

void listen(void *heard, const jumpqr_call_event *event) {
  auto *all = static_cast<Heard *>(heard);
  const json fields = event_of(event);
  if (fields != json::parse(text(jumpqr_call_event_json(event)))) all->wrong = "the JSON is another: " + fields.dump();
  all->events.push_back(fields);
}

// Removes the times, and replaces what differs from run to run.
void take_times(json &fields, const std::string &appid) {
  static const std::regex rid("[0-9a-f]{8}(-[0-9a-f]{8}){2}");
  std::vector<std::string> names = {"start_ms"};
  for (const auto &[name, read] : times) names.push_back(name);
  for (const auto &name : names) {
    if (fields.contains(name) && fields.at(name).get<double>() < 0) fail(name + " is less than 0");
    fields.erase(name);
  }
  if (fields.contains("appid") && fields.at("appid") == appid) fields["appid"] = "APPID";
  if (fields.at("rid").is_string() && std::regex_match(fields.at("rid").get<std::string>(), rid)) fields["rid"] = "RID";
}

void control(const std::string &method, const std::string &path, const json &body) {
  const char *base_url = std::getenv("JUMPQR_BASE_URL");
  if (!base_url) fail("JUMPQR_BASE_URL has no sandbox");
  const auto response = send_request(method, base_url + ("/sandbox/" + path), body.dump());
  if (response.status != 200) fail(path + ": " + response.body);
}

// An account of the sandbox. Its rules go with it: no other account could have the same.
class Account {
public:
  Account() : number_(std::to_string(++count)) {
    control("PUT", "accounts/" + appid(), {{"kind", "mini_program"}, {"secret", secret}});
  }
  ~Account() {
    (void)send_request("DELETE", std::getenv("JUMPQR_BASE_URL") + ("/sandbox/accounts/" + appid() + "/rules"));
  }
  Account(const Account &) = delete;
  Account &operator=(const Account &) = delete;

  std::string appid() const { return "wxevents" + std::string(10 - number_.size(), '0') + number_; }

private:
  static inline int count = 0;
  const std::string number_;
};

Ended made(jumpqr_client *client, const json &vector) {
  const Invocation invocation(vector);
  if (invocation.interface != "call_raw") return run(client, invocation);
  Fields fields(invocation.arguments);
  const auto path = fields.required("path").get<std::string>();
  fields.done();
  try {
    const auto answer =
        make<String>(jumpqr_client_call_raw, client, path.c_str(), nullptr, size_t(0), nullptr, false);
    return {text(jumpqr_string_text(answer.get())), nullptr};
  } catch (const Failed &failed) {
    return {nullptr, failed.error};
  }
}

} // namespace

void run_call_event(const json &vector) {
  // The sandbox gives the faults to its next calls, of any client.
  static std::mutex one_at_a_time;
  const std::lock_guard<std::mutex> lock(one_at_a_time);
  const Account account;
  const auto appid = account.appid();

  Fields fields(vector);
  (void)fields.required("name");
  Heard heard;
  const auto config = make<Config>(jumpqr_client_config_new);
  call(jumpqr_client_config_set_base_url, config.get(), std::getenv("JUMPQR_BASE_URL"));
  call(jumpqr_client_config_set_app, config.get(), appid.c_str(), secret.c_str());
  call(jumpqr_client_config_set_max_retries, config.get(), fields.optional("max_retries", 3).get<uint32_t>());
  call(jumpqr_client_config_set_on_call, config.get(), listen, &heard, nullptr);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  for (const auto &before : fields.required("before"))
    if (made(client.get(), before).error) fail("a call before has failed");
  for (const auto &fault : fields.required("faults")) control("POST", "faults", fault);
  heard.events.clear();
  const Ended ended = made(client.get(), fields.required("call"));
  if (!heard.wrong.empty()) fail(heard.wrong);
  if (heard.events.dump().find(secret) != std::string::npos) fail("an event has the secret");
  if (heard.events.empty()) fail("there are no events");
  const json last = heard.events.back();
  same("code", ended.error ? text_or_null(jumpqr_error_code(ended.error.get())) : json(nullptr), last.at("code"));
  for (const auto &wait : fields.required("waits"))
    if (last.at(wait.get<std::string>()).get<double>() <= 0) fail(wait.dump() + " is 0");
  double sum = 0;
  for (const auto &[name, read] : times)
    if (name != "duration_ms") sum += last.at(name).get<double>();
  if (last.at("duration_ms").get<double>() < sum - 0.001) fail("the waits are longer than the call: " + last.dump());
  for (auto &event : heard.events) {
    take_times(event, appid);
    for (auto &attempt : event.at("attempts")) take_times(attempt, appid);
  }
  same("events", fields.required("events"), heard.events);
  fields.done();
}
