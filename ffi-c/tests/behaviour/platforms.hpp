// A WeChat that knows one platform. Every merchant `wxmerchant0000000N` has authorised it, and the
// list of merchants is empty.
#pragma once

#include "expect.hpp"

#include <map>

class WeChat {
public:
  WeChat() : server_([this](const Request &request) { return receive(request); }) {}

  const Server &server() const { return server_; }
  int component_tokens() const { return counted("component"); }
  int tokens_of(const std::string &merchant) const { return counted(merchant); }
  // The first request with a wrong token; empty if there was none.
  std::string wrong() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return wrong_;
  }

private:
  // Returns the value of a field of a body. No value contains a quotation mark.
  static std::string field(const std::string &body, const std::string &name) {
    const std::string before = "\"" + name + "\":\"";
    const size_t start = body.find(before);
    if (start == std::string::npos) return {};
    return body.substr(start + before.size(), body.find('"', start + before.size()) - start - before.size());
  }

  Reaction receive(const Request &request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::string token = query_field(request.query, "access_token");
    if (request.path == "/cgi-bin/component/api_component_token") {
      counts_["component"]++;
      return answer(R"({"component_access_token":"CT","expires_in":7200})");
    }
    if (request.path == "/cgi-bin/component/api_get_authorizer_list") return answer(R"({"total_count":0,"list":[]})");
    if (request.path == "/cgi-bin/component/api_authorizer_token") {
      const std::string merchant = field(request.body, "authorizer_appid");
      counts_[merchant]++;
      if (token != "CT" || field(request.body, "authorizer_refresh_token") != "RT-of-" + merchant.substr(17))
        wrong_ = request.path;
      return answer(R"({"authorizer_access_token":"AT","expires_in":7200,"authorizer_refresh_token":"RT2"})");
    }
    if (token != "AT") wrong_ = request.path;
    return answer(verification_file);
  }

  int counted(const std::string &what) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
  }

  mutable std::mutex mutex_;
  std::map<std::string, int> counts_;
  std::string wrong_;
  Server server_;
};
