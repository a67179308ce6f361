// Adds, walks over, publishes and deletes a rule, then makes two mistakes. The account is in
// JUMPQR_APPID and JUMPQR_SECRET.
#include <jumpqr.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string_view>

// `Handle<jumpqr_rule, jumpqr_rule_free>` frees its rule.
template <auto Free> struct Freer {
  template <class T> void operator()(T *handle) const { Free(handle); }
};
template <class T, auto Free> using Handle = std::unique_ptr<T, Freer<Free>>;

using Client = Handle<jumpqr_client, jumpqr_client_free>;

std::string_view view(jumpqr_text text) {
  return text.data ? std::string_view(text.data, text.size) : "";
}

struct Error : std::runtime_error {
  explicit Error(jumpqr_error *error)
      : runtime_error(jumpqr_error_message(error).data), parts(error, jumpqr_error_free) {}
  std::shared_ptr<jumpqr_error> parts;
};

// Calls a function of jumpqr with the error as its last argument. If it fails, throws the error.
template <class... Parameters, class... Arguments>
void call(jumpqr_status (*function)(Parameters...), Arguments... arguments) {
  jumpqr_error *error = nullptr;
  if (function(arguments..., &error) != JUMPQR_STATUS_OK) throw Error(error);
}

Client open_client() {
  jumpqr_client_config *made = nullptr;
  call(jumpqr_client_config_new, &made);
  const Handle<jumpqr_client_config, jumpqr_client_config_free> config(made);
  const char *appid = std::getenv("JUMPQR_APPID"), *secret = std::getenv("JUMPQR_SECRET");
  call(jumpqr_client_config_set_app, made, appid, secret);
  if (const char *base_url = std::getenv("JUMPQR_BASE_URL")) // a sandbox; NULL means WeChat itself
    call(jumpqr_client_config_set_base_url, made, base_url);
  jumpqr_client *client = nullptr;
  call(jumpqr_client_new, made, &client);
  return Client(client);
}

// Adds a rule. Its JSON has WeChat's own field names.
void add(const Client &client, std::string_view json) {
  jumpqr_rule *made = nullptr;
  call(jumpqr_rule_from_json, json.data(), json.size(), &made);
  const Handle<jumpqr_rule, jumpqr_rule_free> rule(made);
  call(jumpqr_add_jump_qr_code, client.get(), made, JUMPQR_EDIT_AS_RULE_SAYS, nullptr);
}

void print_rules(const Client &client) {
  jumpqr_rules *made = nullptr;
  call(jumpqr_rules_new, client.get(), nullptr, &made);
  const Handle<jumpqr_rules, jumpqr_rules_free> rules(made);
  const jumpqr_listed_rule *rule = nullptr;
  for (call(jumpqr_rules_next, made, &rule); rule; call(jumpqr_rules_next, made, &rule))
    std::cout << "listed " << view(jumpqr_listed_rule_prefix(rule)) << "\n";
}

int main() try {
  const auto client = open_client();
  const char *prefix = "https://m.example.cn/table/";
  add(client, R"({"prefix": "https://m.example.cn/table/", "path": "pages/index/index",
                  "open_version": 1, "permit_sub_rule": 1})");
  print_rules(client);
  call(jumpqr_publish_jump_qr_code, client.get(), prefix, nullptr, nullptr);
  call(jumpqr_delete_jump_qr_code, client.get(), prefix, nullptr, nullptr);

  try { // The field does not take this number: nothing is sent.
    add(client, R"({"prefix": "https://m.example.cn/", "path": "pages/index/index",
                    "open_version": 7, "permit_sub_rule": 1})");
  } catch (const Error &error) {
    const auto *violation = jumpqr_error_violation(error.parts.get(), 0);
    std::cout << "fix " << view(jumpqr_finding_field(violation)) << "\n";
  }
  try { // The rule does not exist: it is looked up, and nothing is sent.
    call(jumpqr_publish_jump_qr_code, client.get(), prefix, nullptr, nullptr);
  } catch (const Error &error) {
    std::cout << "code " << view(jumpqr_error_code(error.parts.get())) << "\n";
  }
} catch (const Error &error) {
  std::cerr << error.what() << "\n  " << view(jumpqr_error_advice(error.parts.get())) << "\n";
  return 1;
}
