#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

#include <chrono>
#include <map>

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A `send` that reaches a server.
struct Send {
  size_t host = 0;
  std::string path;
  json access_token;
  json body;
  Reaction reaction{Reaction::answer};
  int64_t waited_ms = 0; // at least, since the one before
};

struct GetToken {
  json rejected;
  json token;
  json error;
};

struct Script {
  std::vector<Send> sends;
  std::vector<GetToken> tokens;
  std::map<size_t, bool> deaf; // by host, of those that are sent to
};

Reaction reaction_of(const json &reply, const json &failure, bool &connects) {
  connects = true;
  if (reply.is_null() == failure.is_null()) fail("a send has either a reply or a failure");
  if (!reply.is_null()) {
    const Reply staged = reply_of(reply);
    return {Reaction::answer, staged.status, staged.body};
  }
  Fields fields(failure);
  const auto cause = fields.required("cause").get<std::string>();
  const bool sent = fields.required("sent").get<bool>();
  fields.done();
  same("sent", cause != "connect", sent);
  if (cause == "connection_lost") return {Reaction::close};
  if (cause == "timeout") return {Reaction::silence};
  if (cause == "body_too_large") return {Reaction::answer, 200, std::string((4 << 20) + 1, ' ')};
  if (cause != "connect") fail("no server can stage " + cause);
  connects = false;
  return {Reaction::close};
}

void add_send(Script &script, const json &step, int64_t &waited_ms) {
  Fields fields(step);
  Send send;
  send.path = fields.required("path");
  send.host = fields.optional("host", 0);
  send.access_token = fields.optional("access_token");
  send.body = fields.optional("body");
  (void)fields.optional("timeout_ms");
  (void)fields.optional("takes_ms");
  bool connects;
  send.reaction = reaction_of(fields.optional("reply"), fields.optional("failure"), connects);
  fields.done();
  const auto known = script.deaf.emplace(send.host, !connects).first;
  if (known->second == connects) fail("a host is either deaf or not");
  if (!connects) return;
  send.waited_ms = waited_ms;
  waited_ms = 0;
  script.sends.push_back(send);
}

Script script_of(const json &steps, const json &delays_ms) {
  Script script;
  int64_t waited_ms = 0;
  size_t waits = 0;
  for (const auto &step : steps) {
    const auto kind = choice(step, {"get_token", "send", "wait"});
    Fields fields(step.at(kind));
    if (kind == "send") {
      add_send(script, step.at(kind), waited_ms);
    } else if (kind == "get_token") {
      script.tokens.push_back({fields.optional("rejected"), fields.optional("token"), fields.optional("error")});
      (void)fields.optional("takes_ms");
      fields.done();
    } else {
      const auto ms = fields.required("ms").get<int64_t>();
      const int64_t delay = waits < delays_ms.size() ? delays_ms[waits].get<int64_t>() : 0;
      waited_ms += std::max<int64_t>(ms - delay, 0);
      waits++;
      fields.done();
    }
  }
  return script;
}

// The progress of a script while the call runs.
class Stage {
public:
  explicit Stage(Script script) : script_(std::move(script)) {}

  Reaction send(size_t host, const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (sent_ == script_.sends.size()) {
      extra_token_ = query_field(request.query, "access_token");
      extra_++;
      return {Reaction::answer, 200, R"({"errcode":0,"errmsg":"ok","file_name":"a.txt","file_content":"b"})"};
    }
    const Send &wanted = script_.sends[sent_++];
    const auto now = steady_clock::now();
    if (now - last_ < milliseconds(wanted.waited_ms)) say("it did not wait for " + std::to_string(wanted.waited_ms));
    last_ = now;
    const json token = request.query.empty() ? json(nullptr) : json(query_field(request.query, "access_token"));
    try {
      same("host", wanted.host, host);
      same("path", wanted.path, request.path);
      same("method", wanted.path == "/cgi-bin/token" ? "GET" : "POST", request.method);
      if (wanted.path != "/cgi-bin/token") same("access_token", wanted.access_token, token);
      if (!wanted.body.is_null()) same("body", wanted.body, request.body);
    } catch (const std::exception &error) {
      say("send " + std::to_string(sent_) + ": " + error.what());
    }
    return wanted.reaction;
  }

  TokenAnswer token(const std::optional<std::string> &rejected) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (asked_ == script_.tokens.size()) {
      say("a token too many is asked for");
      return {"", "staged"};
    }
    const GetToken &wanted = script_.tokens[asked_++];
    const json found = rejected ? json(*rejected) : json(nullptr);
    if (found != wanted.rejected) say("rejected: expected " + wanted.rejected.dump() + ", found " + found.dump());
    return wanted.error.is_null() ? TokenAnswer{wanted.token, ""} : TokenAnswer{"", "staged"};
  }

  // The requests after the script. After a call that issues tokens, they have its token.
  std::string extra_token() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return extra_token_;
  }

  void finish(size_t extra, bool all_tokens) {
    const std::lock_guard<std::mutex> lock(mutex_);
    same("sends", script_.sends.size() + extra, sent_ + extra_);
    if (all_tokens) same("get_token steps", script_.tokens.size(), asked_);
    if (!said_.empty()) fail(said_);
  }

private:
  void say(const std::string &what) { said_ += (said_.empty() ? "" : "; ") + what; }

  const Script script_;
  std::mutex mutex_;
  size_t sent_ = 0, asked_ = 0, extra_ = 0;
  std::string extra_token_, said_;
  steady_clock::time_point last_ = steady_clock::now();
};

} // namespace

void run_flow(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const Invocation invocation(fields.required("call"));
  const json result = fields.required("result");
  const json steps = fields.required("steps");
  Fields policy(fields.required("policy"));
  Settings settings;
  settings.timeout_ms = policy.required("timeout_ms");
  const json delays_ms = policy.required("delays_ms");
  settings.max_retries = static_cast<unsigned>(delays_ms.size());
  const auto hosts = policy.optional("hosts", 1).get<size_t>();
  settings.validate = policy.optional("validate", true).get<bool>();
  policy.done();
  fields.done();

  const Script script = script_of(steps, delays_ms);
  Stage stage(script);
  std::vector<std::unique_ptr<Server>> servers;
  std::vector<std::unique_ptr<DeafPort>> deaf;
  for (size_t host = 0; host < hosts; host++) {
    const auto known = script.deaf.find(host);
    if (known != script.deaf.end() && known->second) {
      deaf.push_back(std::make_unique<DeafPort>());
      settings.base_urls.push_back(deaf.back()->base_url());
    } else {
      servers.push_back(std::make_unique<Server>([&stage, host](const Request &request) {
        return stage.send(host, request);
      }));
      settings.base_urls.push_back(servers.back()->base_url());
    }
  }
  std::vector<std::string> secrets;
  bool fixed = false;
  for (const auto &token : script.tokens) {
    if (!token.token.is_null()) secrets.push_back(token.token);
    fixed = fixed || (token.token.is_null() && token.error.is_null());
  }
  if (invocation.issues_token()) {
    if (!script.tokens.empty()) fail("a call that issues tokens asks for none");
    settings.issuing = invocation;
    secrets.push_back(invocation.arguments.at("secret"));
  } else if (fixed) {
    settings.fixed_token = script.tokens.at(0).token;
  } else {
    settings.source = [&stage](const std::optional<std::string> &rejected) { return stage.token(rejected); };
  }
  const auto client = client_of(settings);
  const auto found = run(client.get(), invocation);
  const bool answered = choice(result, {"answer", "error"}) == "answer";
  if (invocation.issues_token() && answered) {
    Fields answer(result.at("answer"));
    same("access_token", answer.required("access_token"), stage.extra_token());
    (void)answer.required("expires_in").get<uint64_t>();
    answer.done();
    return stage.finish(1, false);
  }
  ended_as(result, found, secrets);
  stage.finish(0, !fixed);
}
