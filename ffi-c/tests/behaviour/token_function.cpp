// Token functions: their data, failures and threads.
#include "expect.hpp"

#include <atomic>
#include <vector>

namespace {

// The user data of a token function, which says what it does.
struct Source {
  std::atomic<int> calls{0};
  std::atomic<int> freed{0};
  const char *token = nullptr;
  const char *failure = nullptr;
  std::string rejected;
  uint64_t time_left_ms = 0;
};

extern "C" void ask(void *user_data, const jumpqr_token_request *request, jumpqr_token_reply *reply) {
  auto &source = *static_cast<Source *>(user_data);
  source.calls++;
  source.rejected = text(jumpqr_token_request_rejected(request));
  source.time_left_ms = jumpqr_token_request_time_left_ms(request);
  if (source.token) jumpqr_token_reply_set_token(reply, source.rejected.empty() ? source.token : "T2");
  if (source.failure) jumpqr_token_reply_set_failure(reply, source.failure);
}

extern "C" void count_free(void *user_data) { static_cast<Source *>(user_data)->freed++; }

Config config_with(const Server &server, Source &source) {
  auto config = config_for(server);
  call(jumpqr_client_config_set_token_function, config.get(), ask, &source, count_free);
  return config;
}

} // namespace

void user_data_is_freed_once_after_its_last_user() {
  Server server([](const Request &) { return answer(R"({"errcode":0,"rule_list":[]})"); });
  Source source;
  source.token = "T1";
  auto config = config_with(server, source);
  auto first = make<Client>(jumpqr_client_new, config.get());
  auto second = make<Client>(jumpqr_client_new, config.get());
  auto third = make<Client>(jumpqr_client_with_timeout_ms, first.get(), uint64_t(20000));
  auto rules = make<Rules>(jumpqr_rules_new, third.get(), nullptr);
  config.reset();
  first.reset();
  second.reset();
  third.reset();
  same("freed before the last user is", 0, source.freed.load());
  const jumpqr_listed_rule *rule = nullptr;
  call(jumpqr_rules_next, rules.get(), &rule);
  same("calls", 1, source.calls.load());
  rules.reset();
  same("freed", 1, source.freed.load());
}

void user_data_of_a_refused_function_is_not_freed() {
  Source source;
  const auto config = make<Config>(jumpqr_client_config_new);
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_client_config_set_token_function, nullptr, ask, &source, count_free);
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_client_config_set_token_function, config.get(), nullptr, &source,
        count_free);
  same("freed", 0, source.freed.load());
  // The settings still own the data of a function that was replaced.
  call(jumpqr_client_config_set_token_function, config.get(), ask, &source, count_free);
  call(jumpqr_client_config_set_token_function, config.get(), ask, &source, nullptr);
  same("freed", 0, source.freed.load());
}

void a_token_function_says_why_it_fails() {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return answer(verification_file);
  });
  Source source;
  const auto config = config_with(server, source);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  jumpqr_verification_file *file = nullptr;
  const auto cause = [&] {
    const auto error = fails(JUMPQR_STATUS_TOKEN_SOURCE_FAILED, jumpqr_download_qr_code_text, client.get(), &file);
    return text(jumpqr_error_cause(error.get()));
  };
  source.failure = "the token service is down";
  same("cause", source.failure, cause());
  source.failure = "\xff";
  same("cause", "it does not say why", cause());
  source.failure = nullptr;
  same("cause", "it set neither a token nor a failure", cause());
  source.token = "\xff";
  same("cause", "the token is NULL, or not UTF-8", cause());
  source.token = "";
  (void)cause();
  same("requests", 0, requests.load());
}

void a_token_function_is_told_the_rejected_token() {
  std::vector<std::string> tokens;
  Server server([&](const Request &request) {
    tokens.push_back(query_field(request.query, "access_token"));
    return answer(tokens.size() == 1 ? R"({"errcode":42001,"errmsg":"access_token expired"})" : verification_file);
  });
  Source source;
  source.token = "T1";
  const auto config = config_with(server, source);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  same("file_name", "a.txt", text(jumpqr_verification_file_name(file.get())));
  same("requests", size_t(2), tokens.size());
  same("the first token", "T1", tokens[0]);
  same("the second token", "T2", tokens[1]);
  same("rejected", "T1", source.rejected);
  holds("there is time left", source.time_left_ms > 0 && source.time_left_ms <= 30000);
}
