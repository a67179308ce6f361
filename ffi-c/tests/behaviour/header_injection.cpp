// A text that would end a line of a request, or a word of its first line, is refused before
// anything is sent.
#include "expect.hpp"

#include <atomic>

namespace {

// Each follows a text that is valid.
const char *const endings[] = {"\r\nX: y", "\n", " HTTP/1.1", "\t", "\x07", "\xe2\x80\xa8"};

void says_nothing_secret(const Error &error) {
  const auto said = text(jumpqr_error_message(error.get())) + text(jumpqr_error_cause(error.get()));
  holds("the secret is not repeated", said.find("P4SS") == std::string::npos);
}

void refused(const char *setting, const Config &config) {
  jumpqr_client *client = nullptr;
  const auto error = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_new, config.get(), &client);
  holds("the setting is named", text(jumpqr_error_message(error.get())).find(setting) != std::string::npos);
  says_nothing_secret(error);
}

extern "C" void give(void *user_data, const jumpqr_token_request *, jumpqr_token_reply *reply) {
  jumpqr_token_reply_set_token(reply, static_cast<std::string *>(user_data)->c_str());
}

} // namespace

void what_ends_a_line_is_refused_in_a_setting() {
  for (const std::string ending : endings) {
    const auto with = [&](const std::string &text) { return text + ending; };
    auto config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_access_token, config.get(), with("P4SS").c_str());
    refused("access_token", config);
    config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_app, config.get(), with("wx1").c_str(), "P4SS");
    refused("appid", config);
    config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_app, config.get(), "wx1", with("P4SS").c_str());
    refused("secret", config);
    config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_access_token, config.get(), "T1");
    call(jumpqr_client_config_set_base_url, config.get(), with("http://127.0.0.1:1").c_str());
    refused("base_url", config);
    config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_access_token, config.get(), "T1");
    call(jumpqr_client_config_set_proxy, config.get(), with("http://user:P4SS@127.0.0.1:1").c_str());
    refused("proxy", config);
  }
}

void what_ends_a_line_is_refused_in_a_token() {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return answer(verification_file);
  });
  for (const std::string ending : endings) {
    std::string token = "P4SS" + ending;
    const auto config = config_for(server);
    call(jumpqr_client_config_set_token_function, config.get(), give, &token, nullptr);
    const auto client = make<Client>(jumpqr_client_new, config.get());
    jumpqr_verification_file *file = nullptr;
    says_nothing_secret(fails(JUMPQR_STATUS_TOKEN_SOURCE_FAILED, jumpqr_download_qr_code_text, client.get(), &file));
  }
  same("requests", 0, requests.load());
}
