// Pushes to a third-party platform: received, answered and refused, offline.
#include "files.hpp"
#include "strict.hpp"

namespace {

// The settings of a receiver. The texts stay valid as long as the vector.
jumpqr_receiver_config config_of(const json &vector) {
  Fields fields(vector);
  const auto text_of = [](const json &value) { return value.get_ref<const std::string &>().c_str(); };
  const auto former = [&](const char *name) {
    (void)fields.optional(name);
    return vector.contains(name) ? text_of(vector.at(name)) : nullptr;
  };
  jumpqr_receiver_config config;
  jumpqr_receiver_config_init(&config, sizeof config);
  config.component_appid = text_of(fields.required("component_appid"));
  config.message_token = text_of(fields.required("message_token"));
  config.encoding_aes_key = text_of(fields.required("encoding_aes_key"));
  config.message_token_former = former("message_token_former");
  config.encoding_aes_key_former = former("encoding_aes_key_former");
  fields.done();
  return config;
}

Receiver receiver_of(const json &vector) {
  const auto config = config_of(vector);
  return make<Receiver>(jumpqr_receiver_new, &config);
}

Push receive(const Receiver &receiver, const std::string &query, const std::string &body) {
  return make<Push>(jumpqr_receiver_receive, receiver.get(), query.c_str(), body.data(), body.size());
}

// Tokens and keys, which no error may repeat. A letter is in every text.
void hides_settings(const jumpqr_error *error, const json &config) {
  const auto said = text(jumpqr_error_message(error)) + text(jumpqr_error_advice(error));
  for (const auto &[name, value] : config.items()) {
    const auto &secret = value.get_ref<const std::string &>();
    if (name != "component_appid" && secret.size() > 1 && said.find(secret) != std::string::npos)
      fail("an error says the " + name);
  }
}

// Whatever is wrong with a ciphertext, the refusal has the same words.
void has_the_words_of_all(const std::string &message) {
  static const std::string first = message;
  same("the words of the refusal", first, message);
}

// Calls a function that may be refused, and checks that it is refused with the code of the vector.
template <class Function> void refused_as(const json &code, const json &config, Function function) {
  try {
    function();
  } catch (const Failed &failed) {
    const auto *error = failed.error.get();
    same("refused", code, text(jumpqr_error_code(error)));
    same("kind", "invalid", text(jumpqr_error_kind(error)));
    same("status", text(jumpqr_status_name(jumpqr_error_status(error))), text(jumpqr_error_code(error)));
    if (code == "push_not_decrypted") has_the_words_of_all(text(jumpqr_error_message(error)));
    hides_settings(error, config);
    return;
  }
  same("refused", code, nullptr);
}

json event_of(const Push &push) {
  json event = {{"info_type", text_or_null(jumpqr_push_info_type(push.get()))}};
  const auto add = [&](const char *name, jumpqr_text value) {
    if (value.data) event[name] = text(value);
  };
  const auto add_time = [&](const char *name, int64_t time) {
    if (time != -1) event[name] = time;
  };
  add_time("create_time", jumpqr_push_create_time(push.get()));
  add("authorizer_appid", jumpqr_push_authorizer_appid(push.get()));
  add("component_verify_ticket", jumpqr_push_component_verify_ticket(push.get()));
  add("authorization_code", jumpqr_push_authorization_code(push.get()));
  add_time("authorization_code_expired_time", jumpqr_push_authorization_code_expired_time(push.get()));
  add("pre_auth_code", jumpqr_push_pre_auth_code(push.get()));
  add("raw", jumpqr_push_raw(push.get()));
  return event;
}

// Returns the event without the fields that are null. `info_type` stays.
json filled(json event) {
  for (auto entry = event.begin(); entry != event.end();)
    entry = entry->is_null() && entry.key() != "info_type" ? event.erase(entry) : std::next(entry);
  return event;
}

// Returns the text of an element of a reply.
std::string element(const std::string &xml, const std::string &name) {
  const auto begin = xml.find("<" + name + ">"), end = xml.find("</" + name + ">");
  if (begin == std::string::npos || end == std::string::npos) fail("no " + name + " in " + xml);
  const auto start = begin + name.size() + 2;
  auto value = xml.substr(start, end - start);
  const std::string opening = "<![CDATA[";
  if (value.compare(0, opening.size(), opening) == 0)
    value = value.substr(opening.size(), value.size() - opening.size() - 3);
  return value;
}

std::string query_of(const std::string &timestamp, const std::string &nonce, const std::string &signature) {
  return "encrypt_type=aes&timestamp=" + timestamp + "&nonce=" + nonce + "&msg_signature=" + signature;
}

} // namespace

void run_push(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto &config = fields.required("config");
  const auto query = fields.required("query").get<std::string>();
  const auto body = fields.required("body").get<std::string>();
  const auto event = fields.optional("event"), refused = fields.optional("refused");
  fields.done();
  const auto receiver = receiver_of(config);
  refused_as(refused, config, [&] {
    const auto push = receive(receiver, query, body);
    same("event", filled(event), event_of(push));
    same("reply", "success", text(jumpqr_push_reply(push.get())));
    same("has_changed", false, jumpqr_push_has_changed(push.get()));
  });
}

void run_reply(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto receiver = receiver_of(fields.required("config"));
  const auto reply = fields.required("text").get<std::string>();
  const auto query = query_of(std::to_string(fields.required("timestamp").get<uint64_t>()),
                              fields.required("nonce").get<std::string>(),
                              fields.required("msg_signature").get<std::string>());
  const auto body = "<xml><Encrypt>" + fields.required("ciphertext").get<std::string>() + "</Encrypt></xml>";
  // The library draws the random bytes itself.
  (void)fields.required("random");
  fields.done();
  const auto push = receive(receiver, query, body);
  same("the text of the vector", reply, text(jumpqr_push_raw(push.get())));
  const auto made = make<String>(jumpqr_push_encrypt_reply, push.get(), reply.c_str());
  const auto xml = text(jumpqr_string_text(made.get()));
  if (xml.find(fields.required("ciphertext").get<std::string>()) != std::string::npos)
    fail("the random bytes are those of the vector");
  const auto again =
      receive(receiver, query_of(element(xml, "TimeStamp"), element(xml, "Nonce"), element(xml, "MsgSignature")), xml);
  same("the text of the reply", reply, text(jumpqr_push_raw(again.get())));
}

void run_url_check(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto &config = fields.required("config");
  const auto query = fields.required("query").get<std::string>();
  const auto echostr = fields.optional("echostr"), refused = fields.optional("refused");
  fields.done();
  const auto receiver = receiver_of(config);
  refused_as(refused, config, [&] {
    const auto echo = make<String>(jumpqr_receiver_verify_url, receiver.get(), query.c_str());
    same("echostr", echostr, text(jumpqr_string_text(echo.get())));
  });
}

void run_receiver_settings(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto &config = fields.required("config");
  const auto expected = fields.required("findings").get<std::set<json>>();
  fields.done();
  std::set<json> found;
  refused_as(expected.empty() ? json() : json("invalid_config"), config, [&] {
    try {
      (void)receiver_of(config);
    } catch (const Failed &failed) {
      for (size_t i = 0; i < jumpqr_error_violation_count(failed.error.get()); i++) {
        const auto *finding = jumpqr_error_violation(failed.error.get(), i);
        found.insert(json::object({{"field", text(jumpqr_finding_field(finding))},
                                   {"code", text(jumpqr_finding_code(finding))}}));
      }
      throw;
    }
  });
  same("findings", expected, found);
}
