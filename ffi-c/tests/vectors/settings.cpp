// Settings of a client or a platform, and every finding about them.
#include "files.hpp"
#include "invocation.hpp"

#include <cmath>
#include <functional>
#include <map>

namespace {

// Every secret of the vectors contains it.
const std::vector<std::string> secrets = {"P4SS"};

using Setter = std::function<void(jumpqr_client_config *, const json &)>;

const std::string &text_of(const json &value) { return value.get_ref<const std::string &>(); }

template <class Function> Setter sets_text(Function function) {
  return [=](auto *config, const json &value) { call(function, config, text_of(value).c_str()); };
}

template <class Function> Setter sets_bytes(Function function) {
  return [=](auto *config, const json &value) {
    call(function, config, text_of(value).data(), text_of(value).size());
  };
}

template <class Function> Setter sets_flag(Function function) {
  return [=](auto *config, const json &value) { call(function, config, value.get<bool>()); };
}

template <class Function> Setter sets_seconds(Function function) {
  return [=](auto *config, const json &value) {
    call(function, config, static_cast<uint64_t>(std::llround(value.get<double>() * 1000)));
  };
}

void set_alternate_base_urls(jumpqr_client_config *config, const json &value) {
  std::vector<const char *> urls;
  for (const auto &url : value) urls.push_back(text_of(url).c_str());
  call(jumpqr_client_config_set_alternate_base_urls, config, urls.data(), urls.size());
}

const std::map<std::string, Setter> setters = {
    {"access_token", sets_text(jumpqr_client_config_set_access_token)},
    {"token_interface", sets_text(jumpqr_client_config_set_token_interface)},
    {"component_token_field", sets_text(jumpqr_client_config_set_component_token_field)},
    {"message_token", sets_text(jumpqr_client_config_set_message_token)},
    {"message_token_former", sets_text(jumpqr_client_config_set_message_token_former)},
    {"encoding_aes_key", sets_text(jumpqr_client_config_set_encoding_aes_key)},
    {"encoding_aes_key_former", sets_text(jumpqr_client_config_set_encoding_aes_key_former)},
    {"token_store", sets_text(jumpqr_client_config_set_token_store)},
    {"base_url", sets_text(jumpqr_client_config_set_base_url)},
    {"alternate_base_urls", set_alternate_base_urls},
    {"allow_http", sets_flag(jumpqr_client_config_set_allow_http)},
    {"timeout", sets_seconds(jumpqr_client_config_set_timeout_ms)},
    {"queue_timeout", sets_seconds(jumpqr_client_config_set_queue_timeout_ms)},
    {"connect_timeout", sets_seconds(jumpqr_client_config_set_connect_timeout_ms)},
    {"read_timeout", sets_seconds(jumpqr_client_config_set_read_timeout_ms)},
    {"max_retries",
     [](auto *config, const json &value) {
       call(jumpqr_client_config_set_max_retries, config, value.get<uint32_t>());
     }},
    {"pacing", sets_flag(jumpqr_client_config_set_pacing)},
    {"validate", sets_flag(jumpqr_client_config_set_validate)},
    {"body_limit",
     [](auto *config, const json &value) {
       call(jumpqr_client_config_set_body_limit, config, value.get<uint64_t>());
     }},
    {"proxy", sets_text(jumpqr_client_config_set_proxy)},
    {"tls_roots", sets_bytes(jumpqr_client_config_set_tls_roots)},
    {"extra_tls_roots", sets_bytes(jumpqr_client_config_set_extra_tls_roots)},
    {"ip_version", sets_text(jumpqr_client_config_set_ip_version)},
};

// Returns the name of a field in Rust. In C, the name of a duration ends with its unit.
std::string field_in_rust(std::string field) {
  const std::string unit = "_ms";
  if (field.size() > unit.size() && field.compare(field.size() - unit.size(), unit.size(), unit) == 0)
    field.resize(field.size() - unit.size());
  return field;
}

// Collects the findings of calls, in the form of the vectors.
class Findings {
public:
  template <class Function> void collect(Function function) {
    try {
      function();
    } catch (const Failed &failed) {
      const auto *error = failed.error.get();
      hides(error, secrets);
      code_ = text(jumpqr_error_code(error));
      for (size_t i = 0; i < jumpqr_error_violation_count(error); i++) {
        const auto *finding = jumpqr_error_violation(error, i);
        const auto code = text(jumpqr_finding_code(finding));
        // C passes NULL if one credential of a pair is missing.
        found_.insert(json::object({{"field", field_in_rust(text(jumpqr_finding_field(finding)))},
                                    {"code", code == "null_argument" ? "missing_field" : code}}));
      }
    }
  }
  json found() const { return found_; }
  const std::string &code() const { return code_; }

private:
  std::set<json> found_;
  std::string code_;
};

// The credentials of accounts and platforms are set in pairs.
const std::set<std::string> credentials = {"appid", "secret", "component_appid", "component_appsecret"};

Findings findings_of(const std::string &of, const std::map<std::string, json> &settings) {
  const auto credential = [&](const char *name) {
    const auto setting = settings.find(name);
    return setting == settings.end() ? nullptr : text_of(setting->second).c_str();
  };
  Findings findings;
  const auto config = make<Config>(jumpqr_client_config_new);
  if (settings.count("appid") || settings.count("secret")) {
    const char *appid = credential("appid"), *secret = credential("secret");
    findings.collect([&] { call(jumpqr_client_config_set_app, config.get(), appid, secret); });
    // Without both, no account is set.
    if (!appid || !secret) return findings;
  }
  for (const auto &[name, value] : settings) {
    if (credentials.count(name)) continue;
    if (!setters.count(name)) fail("there is no setter of " + name);
    findings.collect([&, &name = name, &value = value] { setters.at(name)(config.get(), value); });
  }
  findings.collect([&] {
    if (of == "platform")
      (void)make<Platform>(jumpqr_platform_new, config.get(), credential("component_appid"),
                           credential("component_appsecret"));
    else
      (void)make<Client>(jumpqr_client_new, config.get());
  });
  return findings;
}

} // namespace

void run_settings(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto of = fields.required("of").get<std::string>();
  const auto settings = fields.required("settings").get<std::map<std::string, json>>();
  const auto expected = fields.required("findings").get<std::set<json>>();
  const auto code = fields.optional("code", "").get<std::string>();
  bool is_left_out = fields.optional("untyped", false).get<bool>();
  is_left_out |= fields.optional("signed", false).get<bool>();
  is_left_out |= fields.optional("parameters", false).get<bool>();
  is_left_out |= fields.optional("threads", false).get<bool>();
  fields.done();
  if (is_left_out) return;
  const auto findings = findings_of(of, settings);
  same("findings", expected, findings.found());
  if (!code.empty() || expected.empty()) same("code", code, findings.code());
}
