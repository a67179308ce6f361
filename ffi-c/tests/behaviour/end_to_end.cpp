// A third-party platform, from an empty store to a published rule of a merchant, and to the end of
// the authorisation. A sandbox pushes to it, and the test takes the part of the merchant's browser.
#include "../support/folder.hpp"
#include "../support/http_client.hpp"
#include "expect.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <list>
#include <mutex>
#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;

const std::string platform_appid = "wxplatform00000001", merchant_appid = "wxmerchant00000001";
const std::string redirect_uri = "https://saas.example.cn/done?shop=7";
const char *const message_token = "MESSAGETOKEN", *const encoding_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

// The sandbox that `ffi-c/test` has started.
const char *sandbox() {
  const char *base_url = std::getenv("JUMPQR_BASE_URL");
  return base_url ? base_url : throw std::runtime_error("JUMPQR_BASE_URL has no sandbox");
}

json control(const std::string &method, const std::string &path, const json &body = nullptr) {
  const auto response = send_request(method, sandbox() + ("/sandbox/" + path), body.is_null() ? "" : body.dump());
  if (response.status != 200) throw std::runtime_error(method + " " + path + ": " + response.body);
  return json::parse(response.body);
}

size_t count_requests() { return control("GET", "requests").size(); }

// A platform and a merchant of the sandbox. The merchant has not authorised the platform.
class Accounts {
public:
  Accounts() {
    control("PUT", "accounts/" + merchant_appid, {{"kind", "mini_program"}, {"secret", "MERCHANTSECRET"}});
    control("PUT", "platforms/" + platform_appid, {{"component_appsecret", "COMPONENTSECRET"}});
  }
  ~Accounts() {
    for (const auto &path : {"platforms/" + platform_appid, "accounts/" + merchant_appid + "/rules"})
      (void)send_request("DELETE", sandbox() + ("/sandbox/" + path));
  }
  Accounts(const Accounts &) = delete;
  Accounts &operator=(const Accounts &) = delete;

  // Lets the sandbox push to this URL. It pushes a ticket at once.
  void push_to(const std::string &url) const {
    control("PUT", "platforms/" + platform_appid,
            {{"push_url", url}, {"message_token", message_token}, {"encoding_aes_key", encoding_aes_key}});
  }
};

Platform open_platform(const std::string &token_store) {
  const auto config = make<Config>(jumpqr_client_config_new);
  call(jumpqr_client_config_set_base_url, config.get(), sandbox());
  call(jumpqr_client_config_set_token_store, config.get(), token_store.c_str());
  call(jumpqr_client_config_set_message_token, config.get(), message_token);
  call(jumpqr_client_config_set_encoding_aes_key, config.get(), encoding_aes_key);
  return make<Platform>(jumpqr_platform_new, config.get(), platform_appid.c_str(), "COMPONENTSECRET");
}

// The platform's web server. It answers each push, and keeps it for the test to finish.
class PushServer {
public:
  explicit PushServer(const jumpqr_platform *platform)
      : server_([this, platform](const Request &request) { return receive(platform, request); }) {}

  std::string url() const { return server_.base_url() + "/push"; }

  // Waits for the next push of this event.
  Push wait_for(const std::string &info_type) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      for (auto push = pushes_.begin(); push != pushes_.end(); ++push) {
        if (text(jumpqr_push_info_type(push->get())) != info_type) continue;
        Push found = std::move(*push);
        pushes_.erase(push);
        return found;
      }
      if (come_.wait_for(lock, std::chrono::minutes(1)) == std::cv_status::timeout)
        throw std::runtime_error("no push " + info_type + " has come");
    }
  }

private:
  Reaction receive(const jumpqr_platform *platform, const Request &request) {
    jumpqr_push *push = nullptr;
    const jumpqr_status status = jumpqr_platform_handle(platform, request.query.c_str(), request.body.data(),
                                                        request.body.size(), &push, nullptr);
    if (status != JUMPQR_STATUS_OK) return {Reaction::answer, status < JUMPQR_STATUS_CREDENTIALS ? 403 : 500};
    const std::lock_guard<std::mutex> lock(mutex_);
    pushes_.emplace_back(push);
    come_.notify_all();
    return answer(text(jumpqr_push_reply(push)));
  }

  std::mutex mutex_;
  std::condition_variable come_;
  std::list<Push> pushes_;
  Server server_;
};

std::string authorization_url(const Platform &platform) {
  jumpqr_authorization_link link;
  jumpqr_authorization_link_init(&link, sizeof link);
  link.redirect_uri = redirect_uri.c_str();
  link.auth_type = JUMPQR_AUTH_TYPE_MINI_PROGRAM;
  const uint32_t sets[] = {18, 33};
  link.category_id_list = sets;
  link.category_id_count = 2;
  const auto url = make<String>(jumpqr_platform_authorization_url, platform.get(), &link);
  return text(jumpqr_string_text(url.get()));
}

// Follows the link and sends the form of its page. Returns the auth_code of the redirect.
std::string authorise(const std::string &link) {
  same("the page of the link", 200, send_request("GET", link).status);
  const size_t mark = link.find('?');
  const auto form = link.substr(mark + 1) + "&authorizer_appid=" + merchant_appid;
  const auto response = send_request("POST", link.substr(0, mark), form);
  same("the redirect", 303, response.status);
  same("redirect_uri", redirect_uri, response.location.substr(0, redirect_uri.size()));
  return query_field(response.location.substr(response.location.find('?') + 1), "auth_code");
}

void is_authorised(const Merchant &merchant) {
  same("the merchant", merchant_appid, text(jumpqr_authorized_merchant_authorizer_appid(merchant.get())));
  holds("it has a refresh token", jumpqr_authorized_merchant_has_refresh_token(merchant.get()));
  holds("its permission sets are known", jumpqr_authorized_merchant_has_func_info(merchant.get()));
  bool has_development = false;
  const size_t count = jumpqr_authorized_merchant_func_info_count(merchant.get());
  for (size_t i = 0; i < count; i++)
    has_development |= jumpqr_func_info_id(jumpqr_authorized_merchant_func_info(merchant.get(), i)) == 18;
  holds("it has granted permission set 18", has_development);
  holds("there are no more", jumpqr_authorized_merchant_func_info(merchant.get(), count) == nullptr);
}

void is_known_to_wechat(const Platform &platform) {
  const auto *appid = merchant_appid.c_str();
  const auto readiness = make<Readiness>(jumpqr_platform_readiness, platform.get(), appid, "ordinary_link");
  holds("nothing blocks its rules", text(jumpqr_readiness_verdict(readiness.get())) != "not_ready");
  const auto blocked = make<Readiness>(jumpqr_platform_readiness, platform.get(), appid, "service_account");
  same("verdict", "not_ready", text(jumpqr_readiness_verdict(blocked.get())));
  const auto *finding = jumpqr_readiness_at(blocked.get(), 0);
  same("code", "wrong_account", text(jumpqr_readiness_finding_code(finding)));
  same("severity", "blocks", text(jumpqr_readiness_finding_severity(finding)));
  holds("a field", jumpqr_readiness_finding_field(finding).size > 0);
  holds("a message", jumpqr_readiness_finding_message(finding).size > 0);
  holds("no more", jumpqr_readiness_at(blocked.get(), jumpqr_readiness_count(blocked.get())) == nullptr);

  const auto info = make<String>(jumpqr_platform_authorizer_info, platform.get(), appid);
  const auto granted = json::parse(text(jumpqr_string_text(info.get()))).at("authorization_info");
  same("appid", merchant_appid, granted.at("authorizer_appid").get<std::string>());
  same("what is granted, without tokens", 2u, granted.size());

  const auto merchants = make<Merchants>(jumpqr_merchants_new, platform.get());
  const jumpqr_listed_authorizer *merchant = nullptr;
  call(jumpqr_merchants_next, merchants.get(), &merchant);
  same("listed", merchant_appid, text(jumpqr_listed_authorizer_authorizer_appid(merchant)));
  holds("its time", jumpqr_listed_authorizer_auth_time(merchant) > 0);
  holds("its refresh token", jumpqr_listed_authorizer_has_refresh_token(merchant));
  call(jumpqr_merchants_next, merchants.get(), &merchant);
  holds("the only merchant", merchant == nullptr);
}

Client client_of(const Platform &platform) {
  return make<Client>(jumpqr_platform_merchant, platform.get(), merchant_appid.c_str());
}

const std::string prefix = "https://m.example.cn/parcel/";

void publish(const Client &client) {
  const json rule = {{"prefix", prefix}, {"path", "pages/index/index"}, {"open_version", 1}, {"permit_sub_rule", 1}};
  const auto made = rule_of(rule.dump());
  call(jumpqr_add_jump_qr_code, client.get(), made.get(), JUMPQR_EDIT_ADD, nullptr);
  call(jumpqr_publish_jump_qr_code, client.get(), prefix.c_str(), nullptr, nullptr);
}

void is_refused_without_asking(const Platform &platform) {
  const auto client = client_of(platform);
  const size_t asked = count_requests();
  fails(JUMPQR_STATUS_MERCHANT_UNAUTHORIZED, jumpqr_publish_jump_qr_code, client.get(), prefix.c_str(), nullptr, nullptr);
  same("requests", asked, count_requests());
}

} // namespace

void a_platform_goes_from_an_empty_store_to_a_published_rule() {
  const Accounts accounts;
  const TemporaryFolder folder;
  const auto platform = open_platform(folder.token_store());
  PushServer server(platform.get());
  accounts.push_to(server.url());
  auto push = server.wait_for("component_verify_ticket");
  holds("the ticket is stored", jumpqr_push_has_changed(push.get()));
  jumpqr_authorized_merchant *none = nullptr;
  call(jumpqr_push_finish, push.get(), &none);
  holds("a ticket brings no merchant", none == nullptr);

  const auto code = authorise(authorization_url(platform));
  is_authorised(make<Merchant>(jumpqr_platform_exchange, platform.get(), code.c_str()));
  // The page is loaded again, and the push comes after the redirect.
  is_authorised(make<Merchant>(jumpqr_platform_exchange, platform.get(), code.c_str()));
  push = server.wait_for("authorized");
  same("appid", merchant_appid, text(jumpqr_push_authorizer_appid(push.get())));
  holds("its code is not exchanged yet", !jumpqr_push_has_changed(push.get()));
  is_authorised(make<Merchant>(jumpqr_push_finish, push.get()));
  is_known_to_wechat(platform);
  const auto client = client_of(platform);
  publish(client);

  // An end in the second of the authorisation may be that of an earlier one.
  control("POST", "clock", {{"advance_seconds", 2}});
  control("DELETE", "platforms/" + platform_appid + "/authorizers/" + merchant_appid);
  push = server.wait_for("unauthorized");
  holds("the tokens are removed", jumpqr_push_has_changed(push.get()));
  is_refused_without_asking(platform);
  is_refused_without_asking(open_platform(folder.token_store()));
}

void a_push_of_somebody_else_is_refused() {
  const Accounts accounts;
  const TemporaryFolder folder;
  const auto platform = open_platform(folder.token_store());
  PushServer server(platform.get());
  const std::string query = "?encrypt_type=aes&timestamp=1751328000&nonce=1&msg_signature=" + std::string(40, '0');
  same("status", 403, send_request("POST", server.url() + query, "<xml><Encrypt>AAAA</Encrypt></xml>").status);
  jumpqr_push *push = nullptr;
  const auto error = fails(JUMPQR_STATUS_PUSH_NOT_SIGNED, jumpqr_platform_handle, platform.get(), query.c_str(),
                           "<xml><Encrypt>AAAA</Encrypt></xml>", 34u, &push);
  holds("nothing of the request is repeated", text(jumpqr_error_message(error.get())).find("AAAA") == std::string::npos);
}

void a_platform_gives_its_token_and_restarts_its_pushes() {
  const Accounts accounts;
  const TemporaryFolder folder;
  const auto platform = open_platform(folder.token_store());
  const auto ticket = control("GET", "platforms/" + platform_appid + "/ticket").at("component_verify_ticket");
  call(jumpqr_platform_set_verify_ticket, platform.get(), ticket.get_ref<const std::string &>().c_str());
  const auto token = make<String>(jumpqr_platform_component_access_token, platform.get());
  const auto again = make<String>(jumpqr_platform_component_access_token, platform.get());
  holds("a token", jumpqr_string_text(token.get()).size > 0);
  same("the same token", text(jumpqr_string_text(token.get())), text(jumpqr_string_text(again.get())));
  jumpqr_text pushes;
  call(jumpqr_platform_start_push_ticket, platform.get(), &pushes);
  same("pushes", "were_running", text(pushes));
  control("PUT", "platforms/" + platform_appid + "/ticket", {{"paused", true}});
  call(jumpqr_platform_start_push_ticket, platform.get(), &pushes);
  same("pushes", "restarted", text(pushes));
}

void a_forgotten_merchant_is_found_in_the_list_again() {
  const Accounts accounts;
  const TemporaryFolder folder;
  const auto platform = open_platform(folder.token_store());
  const std::string path = "platforms/" + platform_appid;
  const auto ticket = control("GET", path + "/ticket").at("component_verify_ticket").get<std::string>();
  call(jumpqr_platform_set_verify_ticket, platform.get(), ticket.c_str());
  control("PUT", path + "/authorizers/" + merchant_appid, json::object());
  const auto client = client_of(platform);
  const auto has_refresh_token = [&] {
    const auto status = make<TokenStatus>(jumpqr_client_token_status, client.get());
    return jumpqr_token_status_has_refresh_token(status.get());
  };
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  same("has_refresh_token", 1, has_refresh_token());
  call(jumpqr_platform_forget, platform.get(), merchant_appid.c_str());
  same("has_refresh_token", 0, has_refresh_token());
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  same("has_refresh_token", 1, has_refresh_token());
}
