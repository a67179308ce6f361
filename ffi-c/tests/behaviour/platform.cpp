// A third-party platform, and the clients of its merchants.
#include "platforms.hpp"

namespace {

std::string named(const Error &error) {
  return text(jumpqr_finding_field(jumpqr_error_violation(error.get(), 0)));
}

} // namespace

void a_platform_calls_for_its_merchants() {
  WeChat wechat;
  auto config = config_for(wechat.server());
  auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxplatform00000000", "COMPONENTSECRET");
  config.reset();
  auto status = make<TokenStatus>(jumpqr_platform_token_status, platform.get());
  same("state", "missing", text(jumpqr_token_status_state(status.get())));
  same("verify_ticket_age", -1, jumpqr_token_status_verify_ticket_age_seconds(status.get()));
  call(jumpqr_platform_set_verify_ticket, platform.get(), "TICKET");
  call(jumpqr_platform_set_authorizer_refresh_token, platform.get(), "wxmerchant00000001", "RT-of-1");
  const auto first = make<Client>(jumpqr_platform_merchant, platform.get(), "wxmerchant00000001");
  const auto other = make<Client>(jumpqr_platform_merchant, platform.get(), "wxmerchant00000001");
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, first.get());

  status = make<TokenStatus>(jumpqr_platform_token_status, platform.get());
  platform.reset();
  same("interface", "api_component_token", text(jumpqr_token_status_interface(status.get())));
  same("appid", "wxplatform00000000", text(jumpqr_token_status_appid(status.get())));
  same("state", "valid", text(jumpqr_token_status_state(status.get())));
  same("store", "memory:", text(jumpqr_token_status_store(status.get())));
  same("has_refresh_token", -1, jumpqr_token_status_has_refresh_token(status.get()));
  const auto ticket_age = jumpqr_token_status_verify_ticket_age_seconds(status.get());
  holds("the ticket has just come", ticket_age >= 0 && ticket_age < 600);

  // The clients of its merchants stay valid.
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, other.get());
  status = make<TokenStatus>(jumpqr_client_token_status, other.get());
  same("interface", "api_authorizer_token", text(jumpqr_token_status_interface(status.get())));
  same("appid", "wxmerchant00000001", text(jumpqr_token_status_appid(status.get())));
  same("has_refresh_token", 1, jumpqr_token_status_has_refresh_token(status.get()));
  same("verify_ticket_age", -1, jumpqr_token_status_verify_ticket_age_seconds(status.get()));
  same("component tokens", 1, wechat.component_tokens());
  same("tokens of the merchant", 1, wechat.tokens_of("wxmerchant00000001"));
  same("what is wrong", "", wechat.wrong());
}

void a_platform_says_what_it_lacks() {
  WeChat wechat;
  const auto config = config_for(wechat.server());
  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxplatform00000000", "COMPONENTSECRET");
  const auto client = make<Client>(jumpqr_platform_merchant, platform.get(), "wxmerchant00000001");
  jumpqr_verification_file *file = nullptr;
  fails(JUMPQR_STATUS_NO_VERIFY_TICKET, jumpqr_download_qr_code_text, client.get(), &file);
  call(jumpqr_platform_set_verify_ticket, platform.get(), "TICKET");
  const auto error = fails(JUMPQR_STATUS_NO_REFRESH_TOKEN, jumpqr_download_qr_code_text, client.get(), &file);
  same("kind", "credentials", text(jumpqr_error_kind(error.get())));
  call(jumpqr_platform_set_authorizer_refresh_token, platform.get(), "wxmerchant00000001", "RT-of-1");
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
}

void a_platform_refuses_what_makes_no_sense() {
  WeChat wechat;
  const auto config = config_for(wechat.server());
  const auto *appid = "wxplatform00000000";
  jumpqr_platform *made = nullptr;
  const auto null_argument = [&](const char *component_appid, const char *component_appsecret) {
    return named(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_platform_new, config.get(), component_appid,
                       component_appsecret, &made));
  };
  same("named", "component_appid", null_argument(nullptr, "COMPONENTSECRET"));
  same("named", "component_appsecret", null_argument(appid, nullptr));
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_platform_new, config.get(), appid, "", &made);
  const auto wrong_field =
      fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_config_set_component_token_field, config.get(), "token");
  holds("the values are named", text(jumpqr_error_message(wrong_field.get())).find("component_access_token") !=
                                    std::string::npos);

  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), appid, "COMPONENTSECRET");
  const auto error = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_platform_set_verify_ticket, platform.get(), "TICKET\n");
  holds("the ticket is not repeated", text(jumpqr_error_message(error.get())).find("TICKET") == std::string::npos);
  same("named", "ticket",
       named(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_platform_set_verify_ticket, platform.get(), nullptr)));
  const auto *merchant = "wxmerchant00000001";
  auto *const set = jumpqr_platform_set_authorizer_refresh_token;
  fails(JUMPQR_STATUS_INVALID_CONFIG, set, platform.get(), merchant, "");
  same("named", "authorizer_appid", named(fails(JUMPQR_STATUS_NULL_ARGUMENT, set, platform.get(), nullptr, "RT")));
  same("named", "authorizer_refresh_token",
       named(fails(JUMPQR_STATUS_NULL_ARGUMENT, set, platform.get(), merchant, nullptr)));
  jumpqr_client *client = nullptr;
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_platform_merchant, platform.get(), "", &client);
  fails(JUMPQR_STATUS_NOT_UTF8, jumpqr_platform_merchant, platform.get(), "\xff", &client);

  // A source of tokens is a setting of a client, not of a platform.
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_platform_new, config.get(), appid, "COMPONENTSECRET", &made);
}
