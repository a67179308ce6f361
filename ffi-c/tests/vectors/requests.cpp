#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

#include <atomic>

namespace {

struct Wanted {
  std::string method;
  std::string path;
  std::string query;
  json body;

  void compare(const Request &found) const {
    same("method", method, found.method);
    same("path", path, found.path);
    same("query", query, found.query);
    same("body", body.is_null() ? json("") : body, json(found.body));
  }
};

// The first token requests of a client with an appid and a secret. If WeChat returns the same stale
// token twice, a forced request follows.
void run_issuing(const Invocation &invocation, const Wanted &wanted) {
  std::mutex mutex;
  std::vector<Request> asked;
  Server server([&](const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (request.path == wanted.path) asked.push_back(request);
    return request.path == wanted.path
               ? Reaction{Reaction::answer, 200, R"({"access_token":"T","expires_in":7200})"}
               : Reaction{Reaction::answer, 200, R"({"errcode":40001,"errmsg":"invalid credential"})"};
  });
  Settings settings;
  settings.base_urls = {server.base_url()};
  settings.validate = false;
  settings.issuing = invocation;
  const auto client = client_of(settings);
  const bool forced = invocation.arguments.value("force_refresh", false);
  for (int calls = 0; calls < (forced ? 3 : 1); calls++) run(client.get(), invocation);
  const std::lock_guard<std::mutex> lock(mutex);
  if (asked.empty()) fail("no token was asked for");
  if (!forced) return wanted.compare(asked.front());
  for (const auto &request : asked)
    if (request.body.find("\"force_refresh\":true") != std::string::npos) return wanted.compare(request);
  fail("no forced token was asked for");
}

void run_by(const Invocation &invocation, const Wanted &wanted, By by) {
  std::mutex mutex;
  std::vector<Request> sent;
  Server server([&](const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex);
    sent.push_back(request);
    return Reaction{Reaction::answer, 200, R"({"errcode":0,"errmsg":"ok"})"};
  });
  Settings settings;
  settings.base_urls = {server.base_url()};
  settings.validate = false;
  if (invocation.sends_secret())
    settings.issuing = invocation;
  else
    settings.fixed_token = "A/b";
  const auto client = client_of(settings);
  run(client.get(), invocation, by);
  const std::lock_guard<std::mutex> lock(mutex);
  if (sent.size() != 1) fail("expected one request, found " + std::to_string(sent.size()));
  wanted.compare(sent.front());
}

} // namespace

void run_request(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const Invocation invocation(fields.required("call"));
  Wanted wanted{fields.required("method"), fields.required("path"), fields.required("query"), fields.optional("body")};
  const bool token = fields.required("access_token").get<bool>();
  fields.done();
  if (invocation.issues_token()) {
    if (token) fail("a call that issues tokens has none");
    return run_issuing(invocation, wanted);
  }
  if (token == invocation.sends_secret()) fail("a call has an access token, or sends a secret");
  if (token) wanted.query = "access_token=A%2Fb" + (wanted.query.empty() ? "" : "&" + wanted.query);
  run_by(invocation, wanted, By::json_text);
  if (invocation.interface == "addJumpQRCode") run_by(invocation, wanted, By::fields);
}
