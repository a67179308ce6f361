#include "files.hpp"
#include "strict.hpp"

namespace {

// An explanation of all rules has the same codes.
json explained(const jumpqr_rule_set *rules, const std::string &link, const std::vector<std::string> &prefixes) {
  const auto explanation = make<Explanation>(jumpqr_rule_set_explain, rules, link.c_str());
  same("the number of rules", prefixes.size(), jumpqr_explanation_rule_count(explanation.get()));
  json codes = json::array();
  for (size_t i = 0; i < prefixes.size(); i++) {
    same("prefix", prefixes[i], text(jumpqr_explanation_prefix(explanation.get(), i)));
    const json code = text_or_null(jumpqr_explanation_code(explanation.get(), i));
    same("a message", !code.is_null(), jumpqr_explanation_message(explanation.get(), i).size > 0);
    codes.push_back(code);
  }
  return codes;
}

// What a link opens, in the form of the vectors.
json opening(const jumpqr_link_match *found) {
  json obstacles = json::array();
  for (size_t i = 0; i < jumpqr_link_match_obstacle_count(found); i++) {
    obstacles.push_back(text(jumpqr_link_match_obstacle_code(found, i)));
    if (!jumpqr_link_match_obstacle_message(found, i).size) fail("an obstacle without a message");
  }
  const auto version = jumpqr_link_match_test_version(found);
  return {{"hit", text_or_null(jumpqr_link_match_hit(found))},
          {"shadowed", text_or_null(jumpqr_link_match_shadowed(found))},
          {"opens", jumpqr_link_match_opens(found)},
          {"obstacles", obstacles},
          {"opens_for_testers", jumpqr_link_match_opens_for_testers(found)},
          {"test_version", version ? json(version) : json(nullptr)},
          {"path", text_or_null(jumpqr_link_match_path(found))}};
}

} // namespace

void run_match(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  std::vector<std::string> prefixes;
  std::vector<int32_t> states;
  for (const auto &rule : fields.required("rules")) {
    Fields of_rule(rule);
    prefixes.push_back(of_rule.required("prefix"));
    states.push_back(of_rule.optional("state", 0).is_null() ? 0 : of_rule.optional("state", 0).get<int32_t>());
    for (const auto *more : {"path", "open_version", "debug_url"}) (void)of_rule.optional(more);
    of_rule.done();
  }
  const json list = {{"rule_list", vector.at("rules")},
                     {"qrcodejump_open", fields.optional("qrcodejump_open")},
                     {"is_released", fields.optional("is_released")}};
  const auto link = fields.required("link").get<std::string>();
  const json opens = fields.required("opens"), reasons = fields.required("reasons");
  const json expected = {{"hit", fields.optional("hit")},
                         {"shadowed", fields.optional("shadowed")},
                         {"opens", opens},
                         {"obstacles", fields.required("obstacles")},
                         {"opens_for_testers", fields.optional("opens_for_testers", opens)},
                         {"test_version", fields.optional("test_version")},
                         {"path", fields.optional("path")}};
  fields.done();

  const auto document = list.dump();
  const auto read = make<RuleSet>(jumpqr_rule_set_from_json, document.data(), document.size());
  const auto found = make<LinkMatch>(jumpqr_rule_set_match_url, read.get(), link.c_str());
  same("what the link opens", expected, opening(found.get()));

  std::vector<const char *> pointers;
  for (const auto &prefix : prefixes) pointers.push_back(prefix.c_str());
  const auto rules = make<RuleSet>(jumpqr_rule_set_new, pointers.data(), states.data(), pointers.size());
  const auto same_rules = make<LinkMatch>(jumpqr_rule_set_match_url, rules.get(), link.c_str());
  same("hit", expected.at("hit"), text_or_null(jumpqr_link_match_hit(same_rules.get())));
  same("shadowed", expected.at("shadowed"), text_or_null(jumpqr_link_match_shadowed(same_rules.get())));
  json codes = json::array();
  for (const auto *prefix : pointers) {
    jumpqr_text code, message;
    call(jumpqr_covers, prefix, link.c_str(), &code, &message);
    if ((code.data == nullptr) != (message.data == nullptr)) fail("a code without a message, or the reverse");
    codes.push_back(text_or_null(code));
  }
  same("reasons", reasons, codes);
  same("the explanation", codes, explained(rules.get(), link, prefixes));
}

void run_occupation(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto prefix = fields.required("prefix").get<std::string>();
  const auto other = fields.required("other").get<std::string>();
  const json occupies = fields.required("occupies");
  fields.done();
  bool occupied;
  call(jumpqr_occupies, prefix.c_str(), other.c_str(), &occupied);
  same("occupies", occupies, occupied);
}

void run_verification_file(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto prefix = fields.required("prefix").get<std::string>();
  const auto file_name = fields.required("file_name").get<std::string>();
  const json location = fields.optional("location");
  fields.done();
  const auto url = make<String>(jumpqr_verification_file_location, prefix.c_str(), file_name.c_str());
  same("location", location, text_or_null(jumpqr_string_text(url.get())));
}

void run_nearest_prefix(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto prefix = fields.required("prefix").get<std::string>();
  const auto listed = fields.required("listed").get<std::vector<std::string>>();
  const json nearest = fields.optional("nearest");
  fields.done();
  std::vector<const char *> pointers;
  for (const auto &text : listed) pointers.push_back(text.c_str());
  const auto found = make<String>(jumpqr_nearest_prefix, prefix.c_str(), pointers.data(), pointers.size());
  same("nearest", nearest, text_or_null(jumpqr_string_text(found.get())));
}

void run_launch_query(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const auto link = fields.required("link").get<std::string>();
  const auto time = fields.required("scancode_time").get<uint64_t>();
  const json query = fields.required("query");
  fields.done();
  same("query", query, text(jumpqr_string_text(make<String>(jumpqr_launch_query, link.c_str(), time).get())));
}
