#include "client.hpp"

namespace {

extern "C" void ask(void *user_data, const jumpqr_token_request *request, jumpqr_token_reply *reply) {
  const auto &source = *static_cast<TokenSource *>(user_data);
  const auto rejected = jumpqr_token_request_rejected(request);
  const auto answer = source(rejected.data ? std::optional<std::string>(text(rejected)) : std::nullopt);
  if (answer.failure.empty())
    jumpqr_token_reply_set_token(reply, answer.token.c_str());
  else
    jumpqr_token_reply_set_failure(reply, answer.failure.c_str());
}

extern "C" void forget(void *user_data) { delete static_cast<TokenSource *>(user_data); }

} // namespace

Client client_of(const Settings &settings) {
  const auto config = make<Config>(jumpqr_client_config_new);
  auto *raw = config.get();
  call(jumpqr_client_config_set_base_url, raw, settings.base_urls.at(0).c_str());
  std::vector<const char *> others;
  for (size_t i = 1; i < settings.base_urls.size(); i++) others.push_back(settings.base_urls[i].c_str());
  call(jumpqr_client_config_set_alternate_base_urls, raw, others.data(), others.size());
  call(jumpqr_client_config_set_max_retries, raw, settings.max_retries);
  call(jumpqr_client_config_set_timeout_ms, raw, settings.timeout_ms);
  // If the server is silent, only the deadline ends the call, however busy this machine is.
  call(jumpqr_client_config_set_read_timeout_ms, raw, uint64_t(60000));
  call(jumpqr_client_config_set_pacing, raw, false);
  call(jumpqr_client_config_set_validate, raw, settings.validate);
  if (!settings.tls_roots.empty())
    call(jumpqr_client_config_set_tls_roots, raw, settings.tls_roots.c_str(), settings.tls_roots.size());
  if (settings.source) {
    call(jumpqr_client_config_set_token_function, raw, ask, new TokenSource(settings.source), forget);
  } else if (settings.issuing) {
    Fields fields(settings.issuing->arguments);
    const auto appid = fields.required("appid").get<std::string>();
    const auto secret = fields.required("secret").get<std::string>();
    if (settings.issuing->interface == "stable_token") (void)fields.required("force_refresh").get<bool>();
    fields.done();
    call(jumpqr_client_config_set_app, raw, appid.c_str(), secret.c_str());
    if (settings.issuing->issues_token())
      call(jumpqr_client_config_set_token_interface, raw, settings.issuing->interface.c_str());
  } else {
    call(jumpqr_client_config_set_access_token, raw, settings.fixed_token.c_str());
  }
  return make<Client>(jumpqr_client_new, raw);
}

Ended run(jumpqr_client *client, const Invocation &invocation, By by) {
  try {
    return {invoke(client, invocation, by), nullptr};
  } catch (const Failed &failed) {
    return {nullptr, failed.error};
  }
}

void ended_as(const json &expected, const Ended &found, const std::vector<std::string> &secrets) {
  const json result = found.error ? error_of(found.error.get()) : found.answer;
  if (found.error) hides(found.error.get(), secrets);
  if (choice(expected, {"answer", "error"}) == "answer") {
    if (found.error) fail("expected an answer, found " + text(jumpqr_error_message(found.error.get())));
    same("answer", expected.at("answer"), result);
    return;
  }
  if (!found.error) fail("expected an error, found " + result.dump());
  Fields fields(expected.at("error"));
  const json wanted = {{"kind", fields.required("kind")},       {"code", fields.required("code")},
                       {"errcode", fields.optional("errcode")}, {"errmsg", fields.optional("errmsg")},
                       {"rid", fields.optional("rid")},         {"retryable", fields.required("retryable")},
                       {"outcome", fields.required("outcome")}};
  const json says = fields.optional("says", json::array());
  fields.done();
  same("error", wanted, result);
  const std::string said =
      text(jumpqr_error_message(found.error.get())) + "\n" + text(jumpqr_error_advice(found.error.get()));
  for (const std::string part : says)
    if (said.find(part) == std::string::npos) fail(part + " is not said in " + said);
}
