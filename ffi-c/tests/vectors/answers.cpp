#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

void run_answer(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const Invocation invocation(fields.required("call"));
  const Reply reply = reply_of(fields.required("reply"));
  const json result = fields.required("result");
  fields.done();

  std::mutex mutex;
  std::string sent_token;
  Server server([&](const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (sent_token.empty()) sent_token = query_field(request.query, "access_token");
    return Reaction{Reaction::answer, reply.status, reply.body};
  });
  Settings settings;
  settings.base_urls = {server.base_url()};
  // The request does not matter here. Some of these rules are invalid on purpose.
  settings.validate = false;
  std::vector<std::string> secrets = {"ACCESS-TOKEN-1", "ACCESS-TOKEN-2"};
  if (invocation.issues_token() || invocation.sends_secret()) {
    settings.issuing = invocation;
    secrets.push_back(invocation.arguments.at("secret"));
  } else {
    settings.source = [](const std::optional<std::string> &rejected) {
      return TokenAnswer{rejected ? "ACCESS-TOKEN-2" : "ACCESS-TOKEN-1", ""};
    };
  }
  const auto client = client_of(settings);
  const auto found = run(client.get(), invocation);
  if (invocation.issues_token() && choice(result, {"answer", "error"}) == "answer") {
    Fields answer(result.at("answer"));
    (void)answer.required("expires_in").get<uint64_t>();
    const std::lock_guard<std::mutex> lock(mutex);
    same("access_token", answer.required("access_token"), sent_token);
    answer.done();
    return;
  }
  ended_as(result, found, secrets);
}
