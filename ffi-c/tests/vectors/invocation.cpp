#include "invocation.hpp"

namespace {

json positive(int number) { return number > 0 ? json(number) : json(nullptr); }
json count(int64_t number) { return number >= 0 ? json(number) : json(nullptr); }

json answer_of(const jumpqr_listed_rule *rule) {
  json links = nullptr;
  if (jumpqr_listed_rule_has_debug_url(rule)) {
    links = json::array();
    for (size_t i = 0; i < jumpqr_listed_rule_debug_url_count(rule); i++)
      links.push_back(text(jumpqr_listed_rule_debug_url(rule, i)));
  }
  return {{"prefix", text(jumpqr_listed_rule_prefix(rule))},
          {"path", text_or_null(jumpqr_listed_rule_path(rule))},
          {"state", positive(jumpqr_listed_rule_state(rule))},
          {"open_version", positive(jumpqr_listed_rule_open_version(rule))},
          {"debug_url", links},
          {"permit_sub_rule", positive(jumpqr_listed_rule_permit_sub_rule(rule))}};
}

json answer_of(const List &list) {
  json rules = json::array();
  for (size_t i = 0; i < jumpqr_jump_qr_code_list_rule_count(list.get()); i++)
    rules.push_back(answer_of(jumpqr_jump_qr_code_list_rule(list.get(), i)));
  const int open = jumpqr_jump_qr_code_list_qrcodejump_open(list.get());
  return {{"rule_list", rules},
          {"qrcodejump_open", open < 0 ? json(nullptr) : json(open == 1)},
          {"list_size", count(jumpqr_jump_qr_code_list_list_size(list.get()))},
          {"qrcodejump_pub_quota", count(jumpqr_jump_qr_code_list_qrcodejump_pub_quota(list.get()))},
          {"total_count", count(jumpqr_jump_qr_code_list_total_count(list.get()))}};
}

json answer_of(const Linked &linked) {
  json items = json::array();
  for (size_t i = 0; i < jumpqr_linked_miniprograms_count(linked.get()); i++)
    items.push_back({{"appid", text(jumpqr_linked_miniprograms_appid(linked.get(), i))},
                     {"status", text_or_null(jumpqr_linked_miniprograms_status(linked.get(), i))},
                     {"nickname", text_or_null(jumpqr_linked_miniprograms_nickname(linked.get(), i))}});
  return {{"items", items}};
}

json answer_of(const IpList &list) {
  json ips = json::array();
  for (size_t i = 0; i < jumpqr_ip_list_count(list.get()); i++) ips.push_back(text(jumpqr_ip_list_ip(list.get(), i)));
  return {{"ip_list", ips}};
}

json rate_limit(int64_t call_count, int64_t refresh_second) {
  if (call_count < 0 && refresh_second < 0) return nullptr;
  return {{"call_count", count(call_count)}, {"refresh_second", count(refresh_second)}};
}

json answer_of(const ApiQuota &quota) {
  const auto *of = quota.get();
  return {{"quota",
           {{"daily_limit", count(jumpqr_api_quota_daily_limit(of))},
            {"used", count(jumpqr_api_quota_used(of))},
            {"remain", count(jumpqr_api_quota_remain(of))}}},
          {"rate_limit",
           rate_limit(jumpqr_api_quota_rate_limit_call_count(of), jumpqr_api_quota_rate_limit_refresh_second(of))},
          {"component_rate_limit", rate_limit(jumpqr_api_quota_component_rate_limit_call_count(of),
                                              jumpqr_api_quota_component_rate_limit_refresh_second(of))}};
}

json answer_of(const RidInfo &info) {
  const auto *of = info.get();
  return {{"invoke_time", count(jumpqr_rid_info_invoke_time(of))},
          {"cost_in_ms", count(jumpqr_rid_info_cost_in_ms(of))},
          {"request_url", text_or_null(jumpqr_rid_info_request_url(of))},
          {"request_body", text_or_null(jumpqr_rid_info_request_body(of))},
          {"response_body", text_or_null(jumpqr_rid_info_response_body(of))},
          {"client_ip", text_or_null(jumpqr_rid_info_client_ip(of))}};
}

std::vector<const char *> pointers(const std::vector<std::string> &texts) {
  std::vector<const char *> pointers;
  for (const auto &each : texts) pointers.push_back(each.c_str());
  // An empty list is different from no list.
  pointers.reserve(1);
  return pointers;
}

int number(const json &value) { return value.is_string() ? std::stoi(value.get<std::string>()) : value.get<int>(); }

Rule rule_of_fields(const json &arguments) {
  const auto prefix = arguments.at("prefix").get<std::string>();
  const auto path = arguments.at("path").get<std::string>();
  if (arguments.contains("appid")) {
    const auto appid = arguments.at("appid").get<std::string>();
    jumpqr_service_account_rule fields;
    jumpqr_service_account_rule_init(&fields, sizeof fields);
    fields.prefix = prefix.c_str();
    fields.appid = appid.c_str();
    fields.path = path.c_str();
    return make<Rule>(jumpqr_rule_from_service_account, &fields);
  }
  jumpqr_ordinary_link_rule fields;
  jumpqr_ordinary_link_rule_init(&fields, sizeof fields);
  fields.prefix = prefix.c_str();
  fields.path = path.c_str();
  fields.open_version = number(arguments.at("open_version"));
  fields.permit_sub_rule = number(arguments.at("permit_sub_rule"));
  std::vector<std::string> links;
  std::vector<const char *> each;
  if (arguments.contains("debug_url") && !arguments.at("debug_url").is_null()) {
    links = arguments.at("debug_url").get<std::vector<std::string>>();
    each = pointers(links);
    fields.debug_url = each.data();
    fields.debug_url_count = each.size();
  }
  return make<Rule>(jumpqr_rule_from_ordinary_link, &fields);
}

json add(jumpqr_client *client, const json &arguments, By by) {
  jumpqr_text confirmation;
  if (by == By::json_text) {
    const auto document = arguments.dump();
    const auto rule = make<Rule>(jumpqr_rule_from_json, document.data(), document.size());
    call(jumpqr_add_jump_qr_code, client, rule.get(), -1, &confirmation);
  } else {
    const auto rule = rule_of_fields(arguments);
    const int is_edit = arguments.contains("is_edit") ? number(arguments.at("is_edit")) : 0;
    call(jumpqr_add_jump_qr_code, client, rule.get(), is_edit, &confirmation);
  }
  return {{"confirmation", text(confirmation)}};
}

// The arguments of getJumpQRCode, which depend on get_type.
struct GetArguments {
  std::string appid;
  int get_type = -1;
  std::vector<std::string> prefixes;
  uint32_t page_num = 0;
  uint32_t page_size = 0;

  explicit GetArguments(const json &arguments) {
    if (arguments.empty()) return;
    Fields fields(arguments);
    appid = fields.required("appid").get<std::string>();
    get_type = fields.required("get_type").get<int>();
    if (get_type == 1) prefixes = fields.required("prefix_list").get<std::vector<std::string>>();
    if (get_type == 2) {
      page_num = fields.required("page_num").get<uint32_t>();
      page_size = fields.required("page_size").get<uint32_t>();
    }
    fields.done();
    if (get_type < 0 || get_type > 2) fail("there is no such get_type");
  }
};

json get(jumpqr_client *client, const json &arguments) {
  const GetArguments wanted(arguments);
  const char *appid = wanted.appid.c_str();
  const auto prefixes = pointers(wanted.prefixes);
  switch (wanted.get_type) {
  case 0: return answer_of(make<List>(jumpqr_get_jump_qr_code_latest, client, appid));
  case 1:
    return answer_of(
        make<List>(jumpqr_get_jump_qr_code_by_prefix, client, appid, prefixes.data(), prefixes.size()));
  case 2:
    return answer_of(
        make<List>(jumpqr_get_jump_qr_code_by_page, client, appid, wanted.page_num, wanted.page_size));
  default: return answer_of(make<List>(jumpqr_get_jump_qr_code, client));
  }
}

struct KeyArguments {
  std::string prefix;
  json appid;

  explicit KeyArguments(const json &arguments) {
    Fields fields(arguments);
    prefix = fields.required("prefix").get<std::string>();
    appid = fields.optional("appid");
    fields.done();
    if (!appid.is_null()) text_ = appid.get<std::string>();
  }
  const char *appid_or_null() const { return appid.is_null() ? nullptr : text_.c_str(); }

private:
  std::string text_;
};

struct LinkArguments {
  std::string appid;
  bool notify_users;
  bool show_profile;

  explicit LinkArguments(const json &arguments) {
    Fields fields(arguments);
    appid = fields.required("appid").get<std::string>();
    notify_users = fields.required("notify_users").get<bool>();
    show_profile = fields.required("show_profile").get<bool>();
    fields.done();
  }
};

std::string only_text(const json &arguments, const char *name) {
  Fields fields(arguments);
  const auto value = fields.required(name).get<std::string>();
  fields.done();
  return value;
}

json finding_of(const jumpqr_finding *finding) {
  return {{"field", text(jumpqr_finding_field(finding))},
          {"code", text(jumpqr_finding_code(finding))},
          {"message", text(jumpqr_finding_message(finding))}};
}

template <class Count, class At, class Of> json findings(Count number_of, At at, const Of *of) {
  json found = json::array();
  for (size_t i = 0; i < number_of(of); i++) found.push_back(finding_of(at(of, i)));
  return found;
}

} // namespace

Invocation::Invocation(const json &vector) {
  Fields fields(vector);
  interface = fields.required("interface").get<std::string>();
  arguments = fields.required("arguments");
  fields.done();
}

bool Invocation::issues_token() const { return interface == "stable_token" || interface == "token"; }

bool Invocation::sends_secret() const { return interface == "clearQuotaByAppSecret"; }

json invoke(jumpqr_client *client, const Invocation &invocation, By by) {
  const auto &[interface, arguments] = invocation;
  jumpqr_text confirmation;
  if (interface == "addJumpQRCode") return add(client, arguments, by);
  if (interface == "getJumpQRCode") return get(client, arguments);
  if (interface == "publishJumpQRCode" || interface == "deleteJumpQRCode") {
    const KeyArguments key(arguments);
    const auto function =
        interface == "publishJumpQRCode" ? jumpqr_publish_jump_qr_code : jumpqr_delete_jump_qr_code;
    call(function, client, key.prefix.c_str(), key.appid_or_null(), &confirmation);
    return {{"confirmation", text(confirmation)}};
  }
  if (interface == "linkMiniprogram") {
    const LinkArguments link(arguments);
    call(jumpqr_link_miniprogram, client, link.appid.c_str(), link.notify_users, link.show_profile, &confirmation);
    return {{"confirmation", text(confirmation)}};
  }
  if (interface == "downloadQRCodeText" || invocation.issues_token()) {
    if (!invocation.issues_token()) Fields(arguments).done();
    const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client);
    return {{"file_name", text(jumpqr_verification_file_name(file.get()))},
            {"file_content", text(jumpqr_verification_file_content(file.get()))}};
  }
  if (interface == "wxamplinkget") {
    Fields(arguments).done();
    return answer_of(make<Linked>(jumpqr_wxamplinkget, client));
  }
  if (interface == "unlinkMiniprogram") {
    call(jumpqr_unlink_miniprogram, client, only_text(arguments, "appid").c_str(), &confirmation);
    return {{"confirmation", text(confirmation)}};
  }
  if (interface == "getCallbackIp" || interface == "getApiDomainIp") {
    Fields(arguments).done();
    const auto function = interface == "getCallbackIp" ? jumpqr_get_callback_ip : jumpqr_get_api_domain_ip;
    return answer_of(make<IpList>(function, client));
  }
  if (interface == "getApiQuota")
    return answer_of(make<ApiQuota>(jumpqr_get_api_quota, client, only_text(arguments, "cgi_path").c_str()));
  if (interface == "getRidInfo")
    return answer_of(make<RidInfo>(jumpqr_get_rid_info, client, only_text(arguments, "rid").c_str()));
  if (interface == "clearQuota") {
    call(jumpqr_clear_quota, client, only_text(arguments, "appid").c_str(), &confirmation);
    return {{"confirmation", text(confirmation)}};
  }
  if (invocation.sends_secret()) {
    call(jumpqr_clear_quota_by_app_secret, client, &confirmation);
    return {{"confirmation", text(confirmation)}};
  }
  fail("there is no interface " + interface);
}

Report check(const Invocation &invocation) {
  const auto &[interface, arguments] = invocation;
  if (interface == "publishJumpQRCode" || interface == "deleteJumpQRCode") {
    const KeyArguments key(arguments);
    return make<Report>(jumpqr_check_rule_key, key.prefix.c_str(), key.appid_or_null());
  }
  if (interface == "linkMiniprogram") {
    const LinkArguments link(arguments);
    return make<Report>(jumpqr_check_link_miniprogram, link.appid.c_str(), link.notify_users, link.show_profile);
  }
  if (interface == "getJumpQRCode") {
    const GetArguments wanted(arguments);
    const char *appid = wanted.appid.c_str();
    const auto prefixes = pointers(wanted.prefixes);
    switch (wanted.get_type) {
    case 0: return make<Report>(jumpqr_check_get_latest, appid);
    case 1: return make<Report>(jumpqr_check_get_by_prefix, appid, prefixes.data(), prefixes.size());
    case 2: return make<Report>(jumpqr_check_get_by_page, appid, wanted.page_num, wanted.page_size);
    default: return nullptr;
    }
  }
  if (interface == "unlinkMiniprogram")
    return make<Report>(jumpqr_check_unlink_miniprogram, only_text(arguments, "appid").c_str());
  if (interface == "clearQuota")
    return make<Report>(jumpqr_check_clear_quota, only_text(arguments, "appid").c_str());
  if (interface == "getApiQuota")
    return make<Report>(jumpqr_check_get_api_quota, only_text(arguments, "cgi_path").c_str());
  if (interface == "getRidInfo") return make<Report>(jumpqr_check_get_rid_info, only_text(arguments, "rid").c_str());
  // These calls have nothing to check.
  if (interface == "downloadQRCodeText" || interface == "wxamplinkget") return nullptr;
  fail("nothing checks " + interface);
}

json error_of(const jumpqr_error *error) {
  return {{"kind", text(jumpqr_error_kind(error))},
          {"code", text(jumpqr_error_code(error))},
          {"errcode", jumpqr_error_has_errcode(error) ? json(jumpqr_error_errcode(error)) : json(nullptr)},
          {"errmsg", text_or_null(jumpqr_error_errmsg(error))},
          {"rid", text_or_null(jumpqr_error_rid(error))},
          {"retryable", jumpqr_error_retryable(error)},
          {"outcome", text(jumpqr_error_outcome(error))}};
}

json violations_of(const jumpqr_error *error) {
  return findings(jumpqr_error_violation_count, jumpqr_error_violation, error);
}

json violations_of(const jumpqr_check_report *report) {
  return findings(jumpqr_check_report_violation_count, jumpqr_check_report_violation, report);
}

json warnings_of(const jumpqr_check_report *report) {
  return findings(jumpqr_check_report_warning_count, jumpqr_check_report_warning, report);
}

void hides(const jumpqr_error *error, const std::vector<std::string> &secrets) {
  const std::string all = text(jumpqr_error_message(error)) + "\n" + text(jumpqr_error_advice(error)) + "\n" +
                          text(jumpqr_error_cause(error)) + "\n" + text(jumpqr_error_errmsg(error)) + "\n" +
                          text(jumpqr_error_rid(error)) + "\n" + violations_of(error).dump();
  for (const auto &secret : secrets)
    // A single letter is in every text.
    if (secret.size() > 1 && all.find(secret) != std::string::npos) fail("a secret is in the error");
}
