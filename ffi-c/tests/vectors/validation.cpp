#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

#include <atomic>

namespace {

void compare(const std::string &level, const json &expected, json left) {
  for (const auto &vector : expected) {
    Fields fields(vector);
    const json field = fields.required("field");
    const json code = fields.required("code");
    const json contains = fields.optional("contains", json::array());
    fields.done();
    auto match = left.end();
    for (auto found = left.begin(); found != left.end() && match == left.end(); ++found) {
      bool fits = found->at("field") == field && found->at("code") == code;
      for (const auto &part : contains)
        fits = fits && found->at("message").get<std::string>().find(part.get<std::string>()) != std::string::npos;
      if (fits) match = found;
    }
    if (match == left.end()) fail("no " + level + " " + vector.dump() + " in " + left.dump());
    left.erase(match);
  }
  if (!left.empty()) fail(level + "s too many: " + left.dump());
}

// Checks that a call with violations sends nothing, and that its error has all of them.
template <class Function> void sends_only_what_is_valid(const json &violations, Function function) {
  std::atomic<int> requests{0};
  Server server([&](const Request &) {
    requests++;
    return Reaction{Reaction::answer, 200,
                    R"({"errcode":0,"errmsg":"ok","file_name":"a.txt","file_content":"b","quota":{},"request":{}})"};
  });
  Settings settings;
  settings.base_urls = {server.base_url()};
  settings.fixed_token = "T";
  const auto client = client_of(settings);
  json found = json::array();
  try {
    function(client.get());
  } catch (const Failed &failed) {
    same("code", "invalid_request", text(jumpqr_error_code(failed.error.get())));
    same("status", JUMPQR_STATUS_INVALID_REQUEST, jumpqr_error_status(failed.error.get()));
    found = violations_of(failed.error.get());
  }
  same("the violations of the error", violations, found);
  // A rule is looked up before it is deleted.
  same("whether it is sent", violations.empty(), requests.load() > 0);
}

void run_document(const std::string &document, const json &violations, const json &warnings) {
  const auto report = make<Report>(jumpqr_check_json, document.data(), document.size());
  const json found = violations_of(report.get());
  compare("violation", violations, found);
  compare("warning", warnings, warnings_of(report.get()));
  same("is_valid", violations.empty(), jumpqr_check_report_is_valid(report.get()));
  sends_only_what_is_valid(found, [&](jumpqr_client *client) {
    const auto rule = make<Rule>(jumpqr_rule_from_json, document.data(), document.size());
    const auto of_rule = make<Report>(jumpqr_check_rule, rule.get());
    same("the violations of the rule", found, violations_of(of_rule.get()));
    same("the warnings of the rule", warnings_of(report.get()), warnings_of(of_rule.get()));
    call(jumpqr_add_jump_qr_code, client, rule.get(), -1, nullptr);
  });
}

} // namespace

void run_validation(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const json input = fields.required("input");
  const json violations = fields.required("violations");
  const json warnings = fields.required("warnings");
  fields.done();
  const auto kind = choice(input, {"mapping", "document", "call"});
  const json &content = input.at(kind);
  if (kind == "mapping") return run_document(content.dump(), violations, warnings);
  if (kind == "document") return run_document(bytes(content), violations, warnings);
  const Invocation invocation(content);
  const auto report = check(invocation);
  const json found = violations_of(report.get());
  compare("violation", violations, found);
  compare("warning", warnings, warnings_of(report.get()));
  sends_only_what_is_valid(found, [&](jumpqr_client *client) { invoke(client, invocation); });
}
