// Pushes, and the link on which a merchant authorises a platform, without a store or WeChat. The
// vectors and the test from end to end have the rest.
#include "expect.hpp"

namespace {

// A message of WeChat's sample code.
const std::string push_query =
    "signature=6c5c811b55cc85e0e1b54100749188c20beb3f5d&timestamp=1714112445&nonce=415670741&"
    "openid=o9AgO5Kd5ggOC-bXrbNODIiE3bGY&encrypt_type=aes&msg_signature=046e02f8204d34f8ba5fa3b1db94908f3df2e9b3";
const std::string push_body =
    "<xml><Encrypt><![CDATA[+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqc"
    "vZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZ"
    "oNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=]]></Encrypt></xml>";

jumpqr_receiver_config sample_config() {
  jumpqr_receiver_config config;
  jumpqr_receiver_config_init(&config, sizeof config);
  config.component_appid = "wxba5fad812f8e6fb9";
  config.message_token = "AAAAA";
  config.encoding_aes_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  return config;
}

Push sample_push() {
  const auto config = sample_config();
  const auto receiver = make<Receiver>(jumpqr_receiver_new, &config);
  return make<Push>(jumpqr_receiver_receive, receiver.get(), push_query.c_str(), push_body.data(), push_body.size());
}

std::string fields_of(const Error &error) {
  std::string fields;
  for (size_t i = 0; i < jumpqr_error_violation_count(error.get()); i++)
    fields += text(jumpqr_finding_field(jumpqr_error_violation(error.get(), i))) + " ";
  return fields;
}

} // namespace

void a_push_outlives_its_receiver() {
  const auto push = sample_push();
  holds("it has a text", jumpqr_push_raw(push.get()).size > 0);
  same("the text has one place", jumpqr_push_raw(push.get()).data, jumpqr_push_raw(push.get()).data);
  const auto reply = make<String>(jumpqr_push_encrypt_reply, push.get(), "");
  holds("an empty reply is encrypted", text(jumpqr_string_text(reply.get())).find("<Encrypt>") != std::string::npos);
}

void a_push_of_a_receiver_is_not_finished() {
  const auto push = sample_push();
  jumpqr_authorized_merchant *merchant = nullptr;
  const auto error = fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_push_finish, push.get(), &merchant);
  same("fields", "push ", fields_of(error));
  holds("nothing is written", merchant == nullptr);
}

void a_receiver_reads_the_bytes_of_the_body_only() {
  const auto config = sample_config();
  const auto receiver = make<Receiver>(jumpqr_receiver_new, &config);
  jumpqr_push *push = nullptr;
  const auto refused = [&](jumpqr_status status, const char *query, const char *body, size_t size) {
    fails(status, jumpqr_receiver_receive, receiver.get(), query, body, size, &push);
  };
  // Without the last byte, the body is not XML. No NUL ends it.
  const std::string cut = push_body.substr(0, push_body.size() - 1);
  refused(JUMPQR_STATUS_PUSH_MALFORMED, push_query.c_str(), cut.data(), cut.size());
  refused(JUMPQR_STATUS_PUSH_MALFORMED, push_query.c_str(), nullptr, 0);
  refused(JUMPQR_STATUS_NULL_ARGUMENT, push_query.c_str(), nullptr, 1);
  refused(JUMPQR_STATUS_OUT_OF_RANGE, push_query.c_str(), cut.data(), SIZE_MAX);
  refused(JUMPQR_STATUS_NOT_UTF8, "timestamp=\xff", cut.data(), cut.size());
}

void the_settings_of_a_receiver_say_their_version() {
  jumpqr_receiver *receiver = nullptr;
  auto config = sample_config();
  config.size += 8;
  fails(JUMPQR_STATUS_STRUCT_SIZE, jumpqr_receiver_new, &config, &receiver);
  config = sample_config();
  config.message_token = nullptr;
  same("fields", "message_token ", fields_of(fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_receiver_new, &config, &receiver)));
}

void a_platform_without_a_message_token_receives_nothing() {
  const auto config = make<Config>(jumpqr_client_config_new);
  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxba5fad812f8e6fb9", "COMPONENTSECRET");
  jumpqr_push *push = nullptr;
  const auto error = fails(JUMPQR_STATUS_INVALID_CONFIG, jumpqr_platform_handle, platform.get(), push_query.c_str(),
                           push_body.data(), push_body.size(), &push);
  same("fields", "message_token encoding_aes_key ", fields_of(error));
}

void a_wrong_link_is_refused_with_all_its_fields() {
  const auto config = make<Config>(jumpqr_client_config_new);
  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxba5fad812f8e6fb9", "COMPONENTSECRET");
  jumpqr_string *url = nullptr;
  const auto refused = [&](jumpqr_status status, const jumpqr_authorization_link *link) {
    return fields_of(fails(status, jumpqr_platform_authorization_url, platform.get(), link, &url));
  };
  jumpqr_authorization_link link;
  jumpqr_authorization_link_init(&link, sizeof link);
  same("fields", "redirect_uri ", refused(JUMPQR_STATUS_NULL_ARGUMENT, &link));
  link.redirect_uri = "/done";
  link.device = "phone";
  link.auth_type = 7;
  link.biz_appid = "wx 1";
  same("fields", "device auth_type redirect_uri biz_appid ", refused(JUMPQR_STATUS_INVALID_REQUEST, &link));
  link.category_id_count = 1;
  same("fields", "category_id_list ", refused(JUMPQR_STATUS_NULL_ARGUMENT, &link));
  link.size = 1;
  same("fields", "link.size ", refused(JUMPQR_STATUS_STRUCT_SIZE, &link));
}

void a_mode_that_is_none_is_refused() {
  const auto config = make<Config>(jumpqr_client_config_new);
  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxba5fad812f8e6fb9", "COMPONENTSECRET");
  jumpqr_readiness *readiness = nullptr;
  const auto error =
      fails(JUMPQR_STATUS_INVALID_REQUEST, jumpqr_platform_readiness, platform.get(), "wxmerchant00000001", "?", &readiness);
  same("fields", "mode ", fields_of(error));
}
