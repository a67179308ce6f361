#include "client.hpp"
#include "files.hpp"
#include "stored.hpp"
#include "../support/folder.hpp"
#include "../support/server.hpp"

#include <chrono>

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A refusal is remembered for 5 s. If the machine needs that long from one call to the next, the
// result means nothing, and the vector is run again.
constexpr milliseconds remembered(4500);
constexpr int most_runs = 10;

// An optional setting.
using Setter = jumpqr_status (*)(jumpqr_client_config *, const char *, jumpqr_error **);
void set_optional(const Config &config, Setter setter, const json &value) {
  if (!value.is_null()) call(setter, config.get(), value.get<std::string>().c_str());
}

// The expected requests, and the differences.
class Script {
public:
  void begin(const json &exchanges) {
    const std::lock_guard<std::mutex> lock(mutex_);
    exchanges_ = exchanges;
    seen_ = 0;
  }

  Reaction receive(const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (seen_ == exchanges_.size()) {
      say("a request too many: " + request.path);
      return {Reaction::close};
    }
    Fields fields(exchanges_[seen_++]);
    const json body = fields.optional("body");
    try {
      same("path", fields.required("path"), request.path);
      same("query", fields.required("query"), query_fields(request.query));
      same("method", body.is_null() ? "GET" : "POST", request.method);
      same("body", body, request.body.empty() ? json() : json::parse(request.body));
      const Reply reply = reply_of(fields.required("reply"));
      fields.done();
      return {Reaction::answer, reply.status, reply.body};
    } catch (const std::exception &error) {
      say(error.what());
      return {Reaction::close};
    }
  }

  // Returns the differences from the vector; empty if there are none.
  std::string wrong() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!said_.empty() || seen_ == exchanges_.size()) return said_;
    return std::to_string(seen_) + " of " + std::to_string(exchanges_.size()) + " requests came";
  }

private:
  void say(const std::string &what) { said_ += (said_.empty() ? "" : "; ") + what; }

  std::mutex mutex_;
  json exchanges_ = json::array();
  size_t seen_ = 0;
  std::string said_;
};

// The owner of the tokens: a client, and its platform if it has one.
class Account {
public:
  Account(const json &vector, const std::string &base_url, const std::string &token_store)
      : kind_(choice(vector, {"app", "merchant"})), account_(vector.at(kind_)), base_url_(base_url),
        token_store_(token_store) {
    make_anew();
  }

  void make_anew() {
    client_.reset();
    platform_.reset();
    Fields fields(account_);
    const auto field = [&](const char *name) { return text_of(fields.required(name)); };
    const auto config = make<Config>(jumpqr_client_config_new);
    call(jumpqr_client_config_set_base_url, config.get(), base_url_.c_str());
    call(jumpqr_client_config_set_token_store, config.get(), token_store_.c_str());
    call(jumpqr_client_config_set_max_retries, config.get(), 0u);
    call(jumpqr_client_config_set_pacing, config.get(), false);
    call(jumpqr_client_config_set_validate, config.get(), false);
    call(jumpqr_client_config_set_timeout_ms, config.get(), uint64_t(10000));
    if (kind_ == "app") {
      call(jumpqr_client_config_set_app, config.get(), field("appid"), field("secret"));
      set_optional(config, jumpqr_client_config_set_token_interface, fields.optional("token_interface"));
      client_ = make<Client>(jumpqr_client_new, config.get());
    } else {
      set_optional(config, jumpqr_client_config_set_component_token_field, fields.optional("component_token_field"));
      platform_ = make<Platform>(jumpqr_platform_new, config.get(), field("component_appid"),
                                 field("component_appsecret"));
      client_ = make<Client>(jumpqr_platform_merchant, platform_.get(), field("appid"));
    }
    fields.done();
  }

  void set_secret(const json &secret) {
    same("kind", "app", kind_);
    account_["secret"] = secret;
    make_anew();
  }
  void set_verify_ticket(const json &ticket) {
    call(jumpqr_platform_set_verify_ticket, platform_.get(), text_of(ticket));
  }
  void set_authorizer_refresh_token(const json &token) {
    call(jumpqr_platform_set_authorizer_refresh_token, platform_.get(), text_of(account_.at("appid")), text_of(token));
  }
  jumpqr_client *client() const { return client_.get(); }

private:
  static const char *text_of(const json &value) { return value.get_ref<const std::string &>().c_str(); }

  const std::string kind_;
  json account_;
  const std::string base_url_, token_store_;
  Platform platform_;
  Client client_;
};

json not_negative(int64_t number) { return number < 0 ? json(nullptr) : json(number); }

// Returns a status in the form of the vectors.
json status_of(const jumpqr_client *client) {
  const auto made = make<TokenStatus>(jumpqr_client_token_status, client);
  const auto *status = made.get();
  const int has_refresh_token = jumpqr_token_status_has_refresh_token(status);
  const int64_t refused_errcode = jumpqr_token_status_refused_errcode(status);
  return {{"store", text(jumpqr_token_status_store(status))},
          {"interface", text(jumpqr_token_status_interface(status))},
          {"appid", text(jumpqr_token_status_appid(status))},
          {"state", text(jumpqr_token_status_state(status))},
          {"age", not_negative(jumpqr_token_status_age_seconds(status))},
          {"expires_in", not_negative(jumpqr_token_status_expires_in_seconds(status))},
          {"has_refresh_token", has_refresh_token < 0 ? json(nullptr) : json(has_refresh_token == 1)},
          {"verify_ticket_age", not_negative(jumpqr_token_status_verify_ticket_age_seconds(status))},
          {"refused_errcode", refused_errcode ? json(refused_errcode) : json(nullptr)},
          {"refused_for", not_negative(jumpqr_token_status_refused_for_seconds(status))}};
}

void has_status(const json &expected, const json &found) {
  for (const auto &part : expected.items()) {
    if (!found.contains(part.key())) fail("a status has no " + part.key());
    same(part.key(), part.value(), found.at(part.key()));
  }
}

// Collects the secrets of a vector: every text in a secret's field of an account, a request or an
// answer.
void gather_secrets(const json &value, std::vector<std::string> &secrets) {
  static const std::set<std::string> names = {
      "secret", "component_appsecret", "component_verify_ticket", "set_verify_ticket", "set_authorizer_refresh_token",
      "access_token", "component_access_token", "authorizer_access_token", "authorizer_refresh_token", "refresh_token",
      "set_secret", "content"};
  if (!value.is_structured()) return;
  for (const auto &part : value.items()) {
    if (names.count(part.key()) && part.value().is_string()) secrets.push_back(part.value());
    if (part.key() == "reply") {
      const json body = json::parse(bytes(part.value().at("body")), nullptr, false);
      gather_secrets(body, secrets);
    }
    gather_secrets(part.value(), secrets);
  }
}

class Runner {
public:
  Runner(const json &vector, const json &account)
      : server_([this](const Request &request) { return script_.receive(request); }),
        account_(account, server_.base_url(), folder_.token_store()) {
    gather_secrets(vector, secrets_);
  }

  void run(const json &step) {
    if (step.contains("call")) return run_call(step);
    const auto kind =
        choice(step, {"set_verify_ticket", "set_authorizer_refresh_token", "refused", "new_client", "token_status",
                      "set_secret", "store", "stored"});
    const json &value = step.at(kind);
    if (kind == "set_verify_ticket") return account_.set_verify_ticket(value);
    if (kind == "set_authorizer_refresh_token") return account_.set_authorizer_refresh_token(value);
    if (kind == "refused") return run_refused(value);
    if (kind == "set_secret") return account_.set_secret(value);
    if (kind == "store") return replace_stored(folder_.path(), value);
    if (kind == "stored") return compare_stored(folder_.path(), value);
    if (kind == "token_status") return has_status(value, status_of(account_.client()));
    same("new_client", true, value);
    account_.make_anew();
  }

  // Whether more time passed than a refusal is remembered, between two calls or since the last.
  bool was_slow() const { return std::max(slowest_, steady_clock::now() - last_) > remembered; }

private:
  // The platform receives something that is not a ticket or a refresh token.
  void run_refused(json refused) {
    const json says = refused.at("says");
    refused.erase("says");
    const auto kind = choice(refused, {"set_verify_ticket", "set_authorizer_refresh_token"});
    const json &value = refused.at(kind);
    try {
      kind == "set_verify_ticket" ? account_.set_verify_ticket(value) : account_.set_authorizer_refresh_token(value);
    } catch (const Failed &failed) {
      const auto message = text(jumpqr_error_message(failed.error.get()));
      same("code", "invalid_config", text(jumpqr_error_code(failed.error.get())));
      for (const auto &part : says)
        if (message.find(part.get_ref<const std::string &>()) == std::string::npos) fail(message);
      if (message.find(value.get_ref<const std::string &>()) != std::string::npos) fail(message);
      return;
    }
    fail("it was kept");
  }

  void run_call(const json &step) {
    Fields fields(step);
    const Invocation invocation(fields.required("call"));
    const auto begin = steady_clock::now();
    script_.begin(fields.required("exchanges"));
    const auto found = ::run(account_.client(), invocation);
    slowest_ = std::max(slowest_, steady_clock::now() - last_);
    last_ = begin;
    const auto wrong = script_.wrong();
    try {
      ended_as(fields.required("result"), found, secrets_);
    } catch (const std::exception &error) {
      fail(wrong.empty() ? error.what() : error.what() + ("; " + wrong));
    }
    if (!wrong.empty()) fail(wrong);
    fields.done();
  }

  std::vector<std::string> secrets_;
  Script script_;
  TemporaryFolder folder_;
  Server server_;
  Account account_;
  steady_clock::time_point last_ = steady_clock::now();
  steady_clock::duration slowest_{};
};

} // namespace

void run_tokens(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const json account = fields.required("account");
  const json steps = fields.required("steps");
  fields.done();
  for (int left = most_runs;; left--) {
    Runner runner(vector, account);
    try {
      for (const auto &step : steps) runner.run(step);
      return;
    } catch (const std::exception &) {
      if (!runner.was_slow() || left == 1) throw;
    }
  }
}
