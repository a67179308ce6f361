// The objects that a client returns, and how long they live.
#include "expect.hpp"

#include <atomic>

void what_was_given_outlives_the_client() {
  Server server([](const Request &request) {
    if (request.path == "/cgi-bin/wxopen/qrcodejumpget")
      return answer(R"({"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/","state":2}],"total_count":1})");
    return answer(R"({"errcode":85066,"errmsg":"illegal prefix rid: 5f87eb8a-6ee66b1b-75f60c88"})");
  });
  auto client = client_for(server);
  const auto list = make<List>(jumpqr_get_jump_qr_code, client.get());
  const auto error = fails(JUMPQR_STATUS_INVALID, jumpqr_delete_jump_qr_code, client.get(), "https://m.example.cn/",
                           nullptr, nullptr);
  const auto rules = make<Rules>(jumpqr_rules_new, client.get(), nullptr);
  client.reset();
  same("prefix", "https://m.example.cn/",
       text(jumpqr_listed_rule_prefix(jumpqr_jump_qr_code_list_rule(list.get(), 0))));
  same("rid", "5f87eb8a-6ee66b1b-75f60c88", text(jumpqr_error_rid(error.get())));
  holds("there is no rule 1", jumpqr_jump_qr_code_list_rule(list.get(), 1) == nullptr);
  holds("there is no rule SIZE_MAX", jumpqr_jump_qr_code_list_rule(list.get(), SIZE_MAX) == nullptr);
  const jumpqr_listed_rule *rule = nullptr;
  call(jumpqr_rules_next, rules.get(), &rule);
  same("state", 2, jumpqr_listed_rule_state(rule));
}

void a_text_may_have_nul_in_it() {
  Server server([](const Request &) { return answer(R"({"errcode":0,"rule_list":[{"prefix":"a\u0000b"}]})"); });
  const auto client = client_for(server);
  const auto list = make<List>(jumpqr_get_jump_qr_code, client.get());
  const auto prefix = jumpqr_listed_rule_prefix(jumpqr_jump_qr_code_list_rule(list.get(), 0));
  same("size", size_t(3), prefix.size);
  same("prefix", std::string("a\0b", 3), text(prefix));
  same("the end", '\0', prefix.data[3]);
}

void a_client_may_have_another_timeout() {
  Server server([](const Request &) { return Reaction{Reaction::silence}; });
  const auto client = client_for(server);
  jumpqr_client *other = nullptr;
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_with_timeout_ms, client.get(), uint64_t(0), &other);
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_with_timeout_ms, client.get(), UINT64_MAX, &other);
  const auto hasty = make<Client>(jumpqr_client_with_timeout_ms, client.get(), uint64_t(200));
  jumpqr_verification_file *file = nullptr;
  const auto error = fails(JUMPQR_STATUS_TIMEOUT, jumpqr_download_qr_code_text, hasty.get(), &file);
  holds("it may be tried again", jumpqr_error_retryable(error.get()));
}

void an_unchecked_request_is_sent() {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return answer(R"({"errcode":0,"errmsg":"ok"})");
  });
  const auto client = client_for(server);
  const auto rule = rule_of(R"({"prefix":"ftp://m.example.cn/","path":"a","open_version":1,"permit_sub_rule":1})");
  const auto error =
      fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_add_jump_qr_code, client.get(), rule.get(), 0, nullptr);
  holds("every reason is in the error", jumpqr_error_violation_count(error.get()) > 0);
  same("requests", 0, requests.load());
  const auto unchecked = make<Client>(jumpqr_client_with_validate, client.get(), false);
  jumpqr_text confirmation;
  call(jumpqr_add_jump_qr_code, unchecked.get(), rule.get(), 0, &confirmation);
  same("confirmation", "answered", text(confirmation));
  same("requests", 1, requests.load());
}

void a_rule_is_looked_up_before_it_is_published_or_deleted() {
  std::atomic<int> changes{0};
  Server server([&](const Request &request) {
    if (request.path == "/cgi-bin/wxopen/qrcodejumpget")
      return answer(R"({"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/s58/","state":2}],"total_count":1})");
    changes++;
    return answer(R"({"errcode":0,"errmsg":"ok"})");
  });
  const auto client = client_for(server);
  const char *listed = "https://m.example.cn/s58/";
  const char *slip = "https://m.example.cn/s58";
  jumpqr_text confirmation;
  const auto error =
      fails(JUMPQR_STATUS_NO_SUCH_RULE, jumpqr_publish_jump_qr_code, client.get(), slip, nullptr, &confirmation);
  same("code", "no_such_rule", text(jumpqr_error_code(error.get())));
  const std::string message = text(jumpqr_error_message(error.get()));
  holds("the listed prefix is named", message.find("did you mean https://m.example.cn/s58/?") != std::string::npos);
  call(jumpqr_delete_jump_qr_code, client.get(), slip, nullptr, &confirmation);
  same("confirmation", "not_there", text(confirmation));
  call(jumpqr_publish_jump_qr_code, client.get(), listed, nullptr, &confirmation);
  same("confirmation", "already_published", text(confirmation));
  same("changes", 0, changes.load());
  call(jumpqr_delete_jump_qr_code, client.get(), listed, nullptr, &confirmation);
  same("confirmation", "answered", text(confirmation));
  same("changes", 1, changes.load());
}

void rules_are_walked_over() {
  // One answer does not contain all rules, so they are requested page by page.
  Server server([](const Request &request) {
    const bool paged = request.body.find(R"("get_type":2)") != std::string::npos;
    return answer(paged ? R"({"errcode":0,"total_count":2,"rule_list":[{"prefix":"http://weixin.qq.com/q/1"},)"
                          R"({"prefix":"http://weixin.qq.com/q/2"}]})"
                        : R"({"errcode":0,"total_count":2,"rule_list":[{"prefix":"http://weixin.qq.com/q/1"}]})");
  });
  const auto client = client_for(server);
  const auto rules = make<Rules>(jumpqr_rules_new, client.get(), "wx1234567890abcdef");
  std::string walked;
  const jumpqr_listed_rule *rule = nullptr;
  for (call(jumpqr_rules_next, rules.get(), &rule); rule; call(jumpqr_rules_next, rules.get(), &rule))
    walked += text(jumpqr_listed_rule_prefix(rule)) + " ";
  same("prefixes", "http://weixin.qq.com/q/1 http://weixin.qq.com/q/2 ", walked);
  call(jumpqr_rules_next, rules.get(), &rule);
  holds("the end stays the end", rule == nullptr);
}

void a_walk_that_fails_is_at_its_end() {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return answer(R"({"errcode":48001,"errmsg":"api unauthorized"})");
  });
  const auto client = client_for(server);
  const auto rules = make<Rules>(jumpqr_rules_new, client.get(), nullptr);
  auto *const untouched = reinterpret_cast<const jumpqr_listed_rule *>(uintptr_t(0x10));
  const jumpqr_listed_rule *rule = untouched;
  fails(JUMPQR_STATUS_PERMISSION, jumpqr_rules_next, rules.get(), &rule);
  same("the output of a step that failed", untouched, rule);
  call(jumpqr_rules_next, rules.get(), &rule);
  holds("the walk is at its end", rule == nullptr);
  same("requests", 1, requests.load());
}

void a_rule_set_matches_and_explains() {
  const std::string document = R"({"rule_list":[{"prefix":"https://www.qq.com/a/","state":2},
                                                {"prefix":"https://www.qq.com/a/b","state":1}]})";
  const auto rules = make<RuleSet>(jumpqr_rule_set_from_json, document.data(), document.size());
  const auto found = make<LinkMatch>(jumpqr_rule_set_match_url, rules.get(), "https://www.qq.com/a/b");
  same("hit", "https://www.qq.com/a/b", text(jumpqr_link_match_hit(found.get())));
  same("shadowed", "https://www.qq.com/a/", text(jumpqr_link_match_shadowed(found.get())));
  holds("an unpublished rule does not open", !jumpqr_link_match_opens(found.get()));

  const auto explanation = make<Explanation>(jumpqr_rule_set_explain, rules.get(), "https://www.qq.com/a/b/c");
  holds("the first rule covers it", jumpqr_explanation_code(explanation.get(), 0).data == nullptr);
  same("why the second does not", "no_trailing_slash", text(jumpqr_explanation_code(explanation.get(), 1)));
  holds("there is no third", jumpqr_explanation_prefix(explanation.get(), 2).data == nullptr);

  jumpqr_rule_set *none = nullptr;
  fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_rule_set_from_json, "[1]", size_t(3), &none);
  fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_rule_set_from_json, nullptr, size_t(0), &none);
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_rule_set_from_json, nullptr, size_t(1), &none);
}
