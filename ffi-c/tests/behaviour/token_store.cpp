// Token stores: who shares the tokens, and their status.
#include "expect.hpp"
#include "../support/folder.hpp"

#include <atomic>
#include <fstream>

namespace {

using std::filesystem::perms;

// Issues T1, T2, … and counts them.
class Issuer {
public:
  Issuer() : server_([this](const Request &request) {
    if (request.path != "/cgi-bin/stable_token") return answer(verification_file);
    return answer(R"({"access_token":"T)" + std::to_string(++issued_) + R"(","expires_in":7200})");
  }) {}

  // Makes settings for an account of this WeChat.
  Config config() const {
    auto config = config_for(server_);
    call(jumpqr_client_config_set_app, config.get(), "wx1234567890abcdef", "APPSECRET");
    return config;
  }
  int issued() const { return issued_; }

private:
  std::atomic<int> issued_{0};
  Server server_;
};

Config config_with(const Issuer &issuer, const std::string &token_store) {
  auto config = issuer.config();
  call(jumpqr_client_config_set_token_store, config.get(), token_store.c_str());
  return config;
}

void download(const Client &client) { (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get()); }

std::string state(const TokenStatus &status) { return text(jumpqr_token_status_state(status.get())); }

std::string everything(const Error &error) {
  return text(jumpqr_error_message(error.get())) + text(jumpqr_error_advice(error.get())) +
         text(jumpqr_error_cause(error.get()));
}

} // namespace

void clients_of_one_folder_share_a_token() {
  const Issuer issuer;
  const TemporaryFolder folder;
  auto first = make<Client>(jumpqr_client_new, config_with(issuer, folder.token_store()).get());
  const auto before = make<TokenStatus>(jumpqr_client_token_status, first.get());
  same("state", "missing", state(before));
  same("age", -1, jumpqr_token_status_age_seconds(before.get()));
  same("expires_in", -1, jumpqr_token_status_expires_in_seconds(before.get()));
  same("refused_for", -1, jumpqr_token_status_refused_for_seconds(before.get()));
  same("refused_errcode", 0, jumpqr_token_status_refused_errcode(before.get()));
  same("has_refresh_token", -1, jumpqr_token_status_has_refresh_token(before.get()));
  same("verify_ticket_age", -1, jumpqr_token_status_verify_ticket_age_seconds(before.get()));
  download(first);
  first.reset();

  auto second = make<Client>(jumpqr_client_new, config_with(issuer, folder.token_store()).get());
  download(second);
  const auto after = make<TokenStatus>(jumpqr_client_token_status, second.get());
  second.reset();
  same("issued", 1, issuer.issued());
  same("store", folder.token_store(), text(jumpqr_token_status_store(after.get())));
  same("interface", "stable_token", text(jumpqr_token_status_interface(after.get())));
  same("appid", "wx1234567890abcdef", text(jumpqr_token_status_appid(after.get())));
  same("state", "valid", state(after));
  const auto age = jumpqr_token_status_age_seconds(after.get());
  const auto expires_in = jumpqr_token_status_expires_in_seconds(after.get());
  holds("it is young", age >= 0 && age < 600);
  holds("it lives", expires_in > 6600 && expires_in <= 7200);
  same("the status of before", "missing", state(before));
}

void clients_of_the_same_settings_share_a_store() {
  const Issuer issuer;
  auto config = config_with(issuer, "memory:");
  const auto first = make<Client>(jumpqr_client_new, config.get());
  const auto second = make<Client>(jumpqr_client_new, config.get());
  download(first);
  download(second);
  same("issued", 1, issuer.issued());

  config = issuer.config();
  const auto third = make<Client>(jumpqr_client_new, config.get());
  const auto fourth = make<Client>(jumpqr_client_new, config.get());
  download(third);
  download(fourth);
  same("issued where each has a memory of its own", 3, issuer.issued());
}

void a_store_that_makes_no_sense_is_refused_and_not_repeated() {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "file").string();
  std::ofstream(file) << "not a folder";
  const auto config = make<Config>(jumpqr_client_config_new);
  for (const std::string store : {"nosuch://user:PASSWORD@store.example.cn/0", "dir:PASSWORD", "memory:PASSWORD", ""}) {
    const auto error =
        fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_config_set_token_store, config.get(), store.c_str());
    holds("the setting is named", everything(error).find("token_store") != std::string::npos);
    holds("the store is not repeated", everything(error).find("PASSWORD") == std::string::npos);
  }
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_config_set_token_store, config.get(), ("dir:" + file).c_str());
  fails(JUMPQR_STATUS_STORE_FAILED, jumpqr_client_config_set_token_store, config.get(), ("dir:" + file + "/a").c_str());
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_client_config_set_token_store, config.get(), nullptr);
  fails(JUMPQR_STATUS_NOT_UTF8, jumpqr_client_config_set_token_store, config.get(), "dir:/\xff");
}

void a_store_that_others_can_read_is_made_private_again_unless_other_things_are_in_it() {
  const Issuer issuer;
  const TemporaryFolder folder;
  const auto config = config_with(issuer, folder.token_store());
  const auto client = make<Client>(jumpqr_client_new, config.get());
  const auto loose = perms::owner_all | perms::group_read | perms::group_exec;
  std::filesystem::permissions(folder.path(), loose);
  download(make<Client>(jumpqr_client_new, config.get()));
  holds("it is the owner's alone", std::filesystem::status(folder.path()).permissions() == perms::owner_all);
  std::ofstream(folder.path() / "notes.txt") << "mine";
  std::filesystem::permissions(folder.path(), loose);
  jumpqr_token_status *status = nullptr;
  jumpqr_verification_file *file = nullptr;
  const auto error = fails(JUMPQR_STATUS_STORE_NOT_PRIVATE, jumpqr_client_token_status, client.get(), &status);
  same("kind", "store", text(jumpqr_error_kind(error.get())));
  holds("it says what to do", everything(error).find("of its own") != std::string::npos);
  fails(JUMPQR_STATUS_STORE_NOT_PRIVATE, jumpqr_download_qr_code_text, client.get(), &file);
  fails(JUMPQR_STATUS_STORE_NOT_PRIVATE, jumpqr_client_config_set_token_store, config.get(),
        folder.token_store().c_str());
  std::filesystem::remove(folder.path() / "notes.txt");
  download(client);
  same("issued", 1, issuer.issued());
}

void a_damaged_store_is_told() {
  const Issuer issuer;
  const TemporaryFolder folder;
  const auto config = config_with(issuer, folder.token_store());
  download(make<Client>(jumpqr_client_new, config.get()));
  int damaged = 0;
  for (const auto &file : std::filesystem::directory_iterator(folder.path()))
    if (!file.path().has_extension()) {
      std::ofstream(file.path()) << "SOMETHING ELSE";
      damaged++;
    }
  same("records", 1, damaged);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  jumpqr_token_status *status = nullptr;
  const auto error = fails(JUMPQR_STATUS_STORE_DAMAGED, jumpqr_client_token_status, client.get(), &status);
  holds("what it holds is not repeated", everything(error).find("SOMETHING") == std::string::npos);
}

void a_token_of_the_callers_own_has_no_status() {
  Server server([](const Request &) { return answer(verification_file); });
  const auto client = client_for(server);
  jumpqr_token_status *status = reinterpret_cast<jumpqr_token_status *>(uintptr_t(0x10));
  call(jumpqr_client_token_status, client.get(), &status);
  holds("there is no status", status == nullptr);
}

void a_refusal_is_in_the_status() {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return answer(R"({"errcode":40125,"errmsg":"invalid appsecret"})");
  });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_app, config.get(), "wx1234567890abcdef", "APPSECRET");
  const auto client = make<Client>(jumpqr_client_new, config.get());
  // Each refusal is remembered longer than the last, so even a slow machine sees one.
  for (int left = 8;; left--) {
    jumpqr_verification_file *file = nullptr;
    const auto error = fails(JUMPQR_STATUS_CREDENTIALS, jumpqr_download_qr_code_text, client.get(), &file);
    same("errcode", 40125, jumpqr_error_errcode(error.get()));
    holds("the secret is not repeated", everything(error).find("APPSECRET") == std::string::npos);
    const auto status = make<TokenStatus>(jumpqr_client_token_status, client.get());
    const auto refused_for = jumpqr_token_status_refused_for_seconds(status.get());
    if (refused_for < 0 && left > 0) continue;
    holds("it is remembered for a minute at most", refused_for >= 0 && refused_for <= 60);
    same("refused_errcode", 40125, jumpqr_token_status_refused_errcode(status.get()));
    break;
  }
}
