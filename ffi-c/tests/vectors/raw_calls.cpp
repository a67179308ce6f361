#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

#include <deque>

namespace {

// The platform's own token, which every platform asks for.
constexpr auto token_path = "/cgi-bin/component/api_component_token";
constexpr auto component_token = R"({"component_access_token":"COMPONENT-TOKEN","expires_in":7200})";

const std::vector<std::string> tokens = {"ACCESS-TOKEN", "COMPONENT-TOKEN", "COMPONENTSECRET", "ticket@@@", "S3CRET"};

// The arguments of a call.
class Arguments {
public:
  explicit Arguments(const json &vector) {
    Fields fields(vector);
    path_ = fields.required("path").get<std::string>();
    body_ = fields.optional("body");
    repeatable_ = fields.optional("repeatable", false).get<bool>();
    for (const auto &pair : fields.optional("query", json::array())) {
      if (pair.size() != 2) fail("not a name and a value: " + pair.dump());
      texts_.push_back(pair[0].get<std::string>());
      texts_.push_back(pair[1].is_string() ? pair[1].get<std::string>() : pair[1].dump());
    }
    fields.done();
    if (!body_.is_null()) json_ = body_.get<std::string>();
  }

  const json &body() const { return body_; }

  // Makes the call, and returns its answer.
  template <class Function, class Caller> json make_with(Function function, Caller *caller) const {
    std::vector<jumpqr_query_field> query;
    for (size_t i = 0; i < texts_.size(); i += 2) query.push_back({texts_[i].c_str(), texts_[i + 1].c_str()});
    const char *body = body_.is_null() ? nullptr : json_.c_str();
    const auto answer = make<String>(function, caller, path_.c_str(), query.data(), query.size(), body, repeatable_);
    return json::parse(text(jumpqr_string_text(answer.get())));
  }

private:
  std::string path_;
  json body_;
  std::string json_;
  bool repeatable_;
  std::deque<std::string> texts_; // names and values
};

// The requests to come, and what came otherwise.
class Script {
public:
  Script(json exchanges, json body) : exchanges_(std::move(exchanges)), body_(std::move(body)) {}

  Reaction receive(const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (request.path == token_path) return {Reaction::answer, 200, component_token};
    try {
      if (seen_ == exchanges_.size()) fail("a request too many: " + request.path);
      Fields fields(exchanges_[seen_++]);
      same("target", fields.required("target"), request.path + "?" + request.query);
      same("method", body_.is_null() ? "GET" : "POST", request.method);
      same("body", body_.is_null() ? json("") : body_, request.body);
      const json reply = fields.optional("reply");
      fields.done();
      if (reply.is_null()) return {Reaction::close};
      const Reply answer = reply_of(reply);
      return {Reaction::answer, answer.status, answer.body};
    } catch (const std::exception &error) {
      wrong_ += error.what();
      return {Reaction::close};
    }
  }

  void done() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!wrong_.empty()) fail(wrong_);
    if (seen_ != exchanges_.size()) fail("requests too few");
  }

private:
  std::mutex mutex_;
  const json exchanges_, body_;
  size_t seen_ = 0;
  std::string wrong_;
};

Client client_at(const Server &server, unsigned max_retries) {
  Settings settings;
  settings.base_urls = {server.base_url()};
  settings.max_retries = max_retries;
  settings.validate = false;
  settings.source = [](const std::optional<std::string> &rejected) {
    return TokenAnswer{rejected ? "ACCESS-TOKEN-2" : "ACCESS-TOKEN-1", ""};
  };
  return client_of(settings);
}

Platform platform_at(const Server &server, unsigned max_retries, const json &token_field) {
  const auto config = make<Config>(jumpqr_client_config_new);
  call(jumpqr_client_config_set_base_url, config.get(), server.base_url().c_str());
  call(jumpqr_client_config_set_token_store, config.get(), "memory:");
  call(jumpqr_client_config_set_max_retries, config.get(), max_retries);
  call(jumpqr_client_config_set_pacing, config.get(), false);
  if (!token_field.is_null())
    call(jumpqr_client_config_set_component_token_field, config.get(), token_field.get<std::string>().c_str());
  auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxplatform00000000", "COMPONENTSECRET");
  call(jumpqr_platform_set_verify_ticket, platform.get(), "ticket@@@T1");
  return platform;
}

Ended end_of(const std::function<json()> &make_call) {
  try {
    return {make_call(), nullptr};
  } catch (const Failed &failed) {
    return {nullptr, failed.error};
  }
}

void is_refused(const json &findings, const Ended &found) {
  if (!found.error) fail("it was not refused");
  same("status", JUMPQR_STATUS_INVALID_REQUEST, jumpqr_error_status(found.error.get()));
  auto left = violations_of(found.error.get());
  for (auto &violation : left) violation.erase("message");
  std::multiset<json> expected(findings.begin(), findings.end());
  same("violations", json(expected), json(std::multiset<json>(left.begin(), left.end())));
  hides(found.error.get(), tokens);
}

} // namespace

void run_raw_call(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const std::string of = fields.required("of");
  const Arguments arguments(fields.required("call"));
  const unsigned max_retries = fields.optional("max_retries", 0);
  const json token_field = fields.optional("component_token_field");
  auto secrets = fields.optional("secrets", json::array()).get<std::vector<std::string>>();
  Script script(fields.required("exchanges"), arguments.body());
  const json result = fields.required("result");
  fields.done();
  secrets.insert(secrets.end(), tokens.begin(), tokens.end());

  Server server([&](const Request &request) { return script.receive(request); });
  Ended found;
  if (of == "client") {
    const auto client = client_at(server, max_retries);
    found = end_of([&] { return arguments.make_with(jumpqr_client_call_raw, client.get()); });
  } else if (of == "platform") {
    const auto platform = platform_at(server, max_retries, token_field);
    found = end_of([&] { return arguments.make_with(jumpqr_platform_call_raw, platform.get()); });
  } else {
    fail("nobody is " + of);
  }
  ended_as(result, found, secrets);
  script.done();
}

void run_refused_raw_call(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const Arguments arguments(fields.required("call"));
  const json findings = fields.required("findings");
  fields.done();

  Script script(json::array(), nullptr);
  Server server([&](const Request &request) { return script.receive(request); });
  const auto client = client_at(server, 0);
  is_refused(findings, end_of([&] { return arguments.make_with(jumpqr_client_call_raw, client.get()); }));
  const auto platform = platform_at(server, 0, nullptr);
  is_refused(findings, end_of([&] { return arguments.make_with(jumpqr_platform_call_raw, platform.get()); }));
  script.done();
}
