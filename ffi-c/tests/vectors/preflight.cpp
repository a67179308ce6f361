// What the server of a domain sends, and why WeChat does not find the file.
#include "client.hpp"
#include "files.hpp"
#include "../support/server.hpp"

namespace {

const json file = {{"file_name", "UASjIrr8C9.txt"}, {"file_content", "7781805a2d7f096b0a277a8db058c316"}};

// A WeChat that gives the file, and the paths that it was asked for.
class WeChat {
public:
  WeChat() : server_([this](const Request &request) { return receive(request); }) {}

  json preflight(const json &arguments) {
    Settings settings;
    settings.base_urls = {server_.base_url()};
    settings.fixed_token = "ACCESS-TOKEN";
    const auto client = client_of(settings);
    const auto report = make<String>(jumpqr_client_preflight, client.get(), arguments.dump().c_str());
    return json::parse(text(jumpqr_string_text(report.get())));
  }

  void was_asked_for(const json &paths) {
    const std::lock_guard<std::mutex> lock(mutex_);
    same("requests to WeChat", paths, paths_);
  }

private:
  Reaction receive(const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    paths_.push_back(request.path);
    json answer = file;
    answer["errcode"] = 0;
    return {Reaction::answer, 200, answer.dump()};
  }

  std::mutex mutex_;
  json paths_ = json::array();
  Server server_;
};

Reaction respond(const json &responses, const Request &request) {
  if (!responses.contains(request.path)) return {Reaction::raw, 0, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"};
  return {Reaction::raw, 0, bytes(responses.at(request.path))};
}

void has_findings(const json &expected, const json &found) {
  json wanted = json::array(), named = json::array();
  for (const auto &finding : found) named.push_back({{"code", finding.at("code")}, {"severity", finding.at("severity")}});
  for (size_t i = 0; i < expected.size(); i++) {
    Fields fields(expected[i]);
    wanted.push_back({{"code", fields.required("code")}, {"severity", fields.required("severity")}});
    const json says = fields.optional("says", json::array());
    fields.done();
    if (i >= found.size()) continue;
    std::string said;
    for (const char *part : {"seen", "why", "remedy"}) said += found[i].at(part).get<std::string>() + " ";
    for (const auto &text : says)
      if (said.find(text.get<std::string>()) == std::string::npos) fail(text.dump() + " is not in " + said);
  }
  same("findings", wanted, named);
}

} // namespace

void run_preflight(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  json arguments = fields.required("rule");
  const json responses = fields.required("responses");
  const json downloads = fields.optional("downloads");
  const json verdict = fields.required("verdict");
  const json findings = fields.required("findings");
  fields.done();

  if (downloads.is_null()) arguments["file"] = file;
  std::optional<Server> domain;
  if (!responses.is_null()) {
    domain.emplace([&](const Request &request) { return respond(responses, request); });
    const std::string scheme = "http://";
    arguments["connect_to"] = {domain->base_url().substr(scheme.size())};
  }
  WeChat wechat;
  const json report = wechat.preflight(arguments);
  json others = json::array();
  for (const auto &finding : report.at("findings"))
    if (finding.at("code") != "slow") others.push_back(finding);
  if (others.size() == report.at("findings").size()) same("verdict", verdict, report.at("verdict"));
  has_findings(findings, others);
  wechat.was_asked_for(downloads == json(true) ? json{"/cgi-bin/wxopen/qrcodejumpdownload"} : json::array());
}

void run_refused_preflight(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const json given = fields.required("arguments");
  const json findings = fields.required("findings");
  fields.done();

  // In C, the names of durations end with their unit.
  const auto name_in_c = [](const std::string &name) {
    return name == "timeout" || name == "fetch_timeout" ? name + "_ms" : name;
  };
  json arguments = json::object();
  for (const auto &[name, value] : given.items()) {
    const std::string in_c = name_in_c(name);
    arguments[in_c] = in_c == name ? value : json(value.get<double>() * 1000);
  }
  WeChat wechat;
  try {
    (void)wechat.preflight(arguments);
  } catch (const Failed &failed) {
    const auto *error = failed.error.get();
    same("status", JUMPQR_STATUS_INVALID_CONFIG, jumpqr_error_status(error));
    std::multiset<json> expected, found;
    for (json finding : findings) {
      finding["field"] = name_in_c(finding.at("field"));
      expected.insert(finding);
    }
    for (auto &violation : violations_of(error)) {
      violation.erase("message");
      found.insert(violation);
    }
    same("violations", json(expected), json(found));
    wechat.was_asked_for(json::array());
    return;
  }
  fail("it was not refused");
}
