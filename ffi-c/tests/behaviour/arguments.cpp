// Structs, texts, NULL and outputs.
#include "expect.hpp"

#include <cstring>

namespace {

jumpqr_ordinary_link_rule complete() {
  jumpqr_ordinary_link_rule fields;
  jumpqr_ordinary_link_rule_init(&fields, sizeof fields);
  fields.prefix = "https://m.example.cn/";
  fields.path = "pages/index/index";
  fields.open_version = JUMPQR_OPEN_VERSION_DEVELOPMENT;
  fields.permit_sub_rule = JUMPQR_PERMIT_SUB_RULE_NOT_OCCUPIED;
  return fields;
}

std::string violated_field(const Error &error) {
  return text(jumpqr_finding_field(jumpqr_error_violation(error.get(), 0)));
}

// If the call itself is wrong, the error and its only violation have the name of the status.
void has_one_code(const Error &error) {
  const auto name = text(jumpqr_status_name(jumpqr_error_status(error.get())));
  same("violations", size_t(1), jumpqr_error_violation_count(error.get()));
  same("code of the error", name, text(jumpqr_error_code(error.get())));
  same("code of the violation", name, text(jumpqr_finding_code(jumpqr_error_violation(error.get(), 0))));
}

} // namespace

void a_struct_says_its_version() {
  auto fields = complete();
  same("size", sizeof fields, fields.size);
  (void)make<Rule>(jumpqr_rule_from_ordinary_link, &fields);

  jumpqr_rule *rule = nullptr;
  for (const size_t size : {size_t(0), sizeof fields - 1, sizeof fields + 1, SIZE_MAX}) {
    fields.size = size;
    const auto error = fails(JUMPQR_STATUS_STRUCT_SIZE, jumpqr_rule_from_ordinary_link, &fields, &rule);
    same("field", "fields.size", violated_field(error));
    has_one_code(error);
  }
  jumpqr_service_account_rule others = {};
  fails(JUMPQR_STATUS_STRUCT_SIZE, jumpqr_rule_from_service_account, &others, &rule);

  // If the caller has an older, smaller struct, the bytes behind it stay unchanged.
  unsigned char bytes[sizeof fields + 8];
  std::memset(bytes, 0x5a, sizeof bytes);
  alignas(jumpqr_ordinary_link_rule) unsigned char room[sizeof fields];
  std::memset(room, 0x5a, sizeof room);
  jumpqr_ordinary_link_rule_init(reinterpret_cast<jumpqr_ordinary_link_rule *>(room), 16);
  same("the byte before the end", 0, int(room[15]));
  same("the byte after the end", 0x5a, int(room[16]));
  jumpqr_ordinary_link_rule_init(nullptr, sizeof fields);
}

void outputs_are_written_on_success_only() {
  auto *const untouched_rule = reinterpret_cast<jumpqr_rule *>(uintptr_t(0x10));
  auto *const untouched_error = reinterpret_cast<jumpqr_error *>(uintptr_t(0x20));
  auto fields = complete();
  fields.open_version = 9;
  jumpqr_rule *rule = untouched_rule;
  fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_rule_from_ordinary_link, &fields, &rule);
  same("the output of a call that failed", untouched_rule, rule);
  // The caller does not want the error.
  same("status", JUMPQR_STATUS_INVALID_REQUEST, jumpqr_rule_from_ordinary_link(&fields, &rule, nullptr));

  fields.open_version = 3;
  jumpqr_error *error = untouched_error;
  same("status", JUMPQR_STATUS_OK, jumpqr_rule_from_ordinary_link(&fields, &rule, &error));
  same("the error of a call that succeeded", untouched_error, error);
  jumpqr_rule_free(rule);
}

void what_is_wrong_with_an_argument_is_said_by_name() {
  auto fields = complete();
  jumpqr_rule *rule = nullptr;
  fields.path = "\xff";
  same("field", "path", violated_field(fails(JUMPQR_STATUS_NOT_UTF8, jumpqr_rule_from_ordinary_link, &fields, &rule)));
  fields.path = nullptr;
  same("field", "path",
       violated_field(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_rule_from_ordinary_link, &fields, &rule)));

  const char *const links[] = {"https://m.example.cn/?a=1", nullptr};
  fields = complete();
  fields.debug_url = links;
  fields.debug_url_count = 2;
  same("field", "debug_url[1]",
       violated_field(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_rule_from_ordinary_link, &fields, &rule)));
  fields.debug_url = nullptr;
  same("field", "debug_url",
       violated_field(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_rule_from_ordinary_link, &fields, &rule)));
  fields.debug_url = links;
  fields.debug_url_count = SIZE_MAX;
  has_one_code(fails(JUMPQR_STATUS_OUT_OF_RANGE, jumpqr_rule_from_ordinary_link, &fields, &rule));
  has_one_code(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_rule_from_ordinary_link, nullptr, &rule));
  fields = complete();
  fields.prefix = "\xff";
  has_one_code(fails(JUMPQR_STATUS_NOT_UTF8, jumpqr_rule_from_ordinary_link, &fields, &rule));

  const char *const prefixes[] = {"https://m.example.cn/", "https://m.example.cn/a"};
  const int32_t states[] = {2, 7};
  jumpqr_rule_set *rules = nullptr;
  same("field", "states[1]",
       violated_field(fails(JUMPQR_STATUS_OUT_OF_RANGE, jumpqr_rule_set_new, prefixes, states, size_t(2), &rules)));

  const auto config = make<Config>(jumpqr_client_config_new);
  jumpqr_client *client = nullptr;
  fails(JUMPQR_STATUS_NO_CREDENTIALS, jumpqr_client_new, config.get(), &client);
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_config_set_token_interface, config.get(), "no_such");
  fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_config_set_ip_version, config.get(), "5");
  call(jumpqr_client_config_set_ip_version, config.get(), "ipv4");
  call(jumpqr_client_config_set_tls_roots, config.get(), "os", size_t(2));
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  call(jumpqr_client_config_set_extra_tls_roots, config.get(), "none", size_t(4));
  const auto certificates = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_new, config.get(), &client);
  same("message", "extra_tls_roots: has no certificate; give one or more certificates in PEM [invalid_config]",
       text(jumpqr_error_message(certificates.get())));
  const auto retries = make<Config>(jumpqr_client_config_new);
  call(jumpqr_client_config_set_access_token, retries.get(), "T1");
  call(jumpqr_client_config_set_max_retries, retries.get(), UINT32_MAX);
  const auto error = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_new, retries.get(), &client);
  holds("the setting is named", text(jumpqr_error_message(error.get())).find("max_retries") != std::string::npos);
  call(jumpqr_client_config_set_max_retries, config.get(), 0u);
  call(jumpqr_client_config_set_queue_timeout_ms, config.get(), uint64_t(0));
  const auto no_time = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_client_new, config.get(), &client);
  std::string named;
  for (size_t i = 0; i < jumpqr_error_violation_count(no_time.get()); i++)
    named += text(jumpqr_finding_field(jumpqr_error_violation(no_time.get(), i))) + " ";
  same("fields, named as their setters", "queue_timeout_ms extra_tls_roots ", named);
}

void statuses_have_names() {
  same("name", "ok", text(jumpqr_status_name(JUMPQR_STATUS_OK)));
  same("name", "connect_failed", text(jumpqr_status_name(JUMPQR_STATUS_CONNECT_FAILED)));
  holds("an unknown number has no name", jumpqr_status_name(99).data == nullptr);
  const auto first = jumpqr_status_name(JUMPQR_STATUS_BUSY);
  holds("a name stays where it is", jumpqr_status_name(JUMPQR_STATUS_BUSY).data == first.data);
  same("the library is that of the header", JUMPQR_VERSION, text(jumpqr_version()));
}

void a_raw_call_says_which_argument_is_wrong() {
  Server server([](const Request &) { return answer("{}"); });
  const auto client = client_for(server);
  jumpqr_string *json = nullptr;
  const jumpqr_query_field query[] = {{"a", "1"}, {"b", nullptr}, {"\xff", "2"}};
  const auto fails_with = [&](jumpqr_status status, const char *path, size_t count, const char *body) {
    const auto error = fails(status, jumpqr_client_call_raw, client.get(), path, query, count, body, false, &json);
    return violated_field(error);
  };
  same("field", "path", fails_with(JUMPQR_STATUS_NULL_ARGUMENT, nullptr, 0, nullptr));
  same("field", "query[1].value", fails_with(JUMPQR_STATUS_NULL_ARGUMENT, "/a", 2, nullptr));
  const jumpqr_query_field *const last = query + 2;
  const auto name = fails(JUMPQR_STATUS_NOT_UTF8, jumpqr_client_call_raw, client.get(), "/a", last, size_t(1), nullptr,
                          false, &json);
  same("field", "query[0].name", violated_field(name));
  same("field", "query", fails_with(JUMPQR_STATUS_OUT_OF_RANGE, "/a", SIZE_MAX, nullptr));
  same("field", "body", fails_with(JUMPQR_STATUS_NOT_UTF8, "/a", 0, "\xff"));
  same("field", "body", fails_with(JUMPQR_STATUS_INVALID_REQUEST, "/a", 0, "a=S3CRET"));
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_platform_call_raw, nullptr, "/a", nullptr, size_t(0), nullptr, false,
        &json);
  (void)make<String>(jumpqr_client_call_raw, client.get(), "/a", nullptr, size_t(0), nullptr, false);
}
