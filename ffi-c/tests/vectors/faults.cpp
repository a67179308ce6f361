#include "../support/hostile.hpp"
#include "client.hpp"
#include "files.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The tolerance for a call that ends after its deadline.
constexpr milliseconds grace(250);

// How often a late call is repeated: the machine may be busy.
constexpr int tries = 3;

// The memory that endless answers may take, in KiB.
constexpr long memory = 16 << 10;

const json write_call = {{"interface", "addJumpQRCode"},
                         {"arguments",
                          {{"prefix", "https://m.example.cn/a/"},
                           {"path", "pages/index/index"},
                           {"open_version", 1},
                           {"permit_sub_rule", 1}}}};
const json read_call = {{"interface", "getJumpQRCode"}, {"arguments", json::object()}};

void compare(const json &result, const Ended &found) {
  if (choice(result, {"answer", "error"}) == "answer") {
    if (found.error) fail("expected an answer, found " + error_of(found.error.get()).dump());
    return same("answer", result.at("answer"), found.answer);
  }
  if (!found.error) fail("expected an error, found " + found.answer.dump());
  Fields fields(result.at("error"));
  const json wanted = {{"kind", fields.required("kind")},
                       {"code", fields.required("code")},
                       {"errcode", fields.optional("errcode")},
                       {"retryable", fields.required("retryable")},
                       {"outcome", fields.required("outcome")}};
  fields.done();
  json parts = error_of(found.error.get());
  parts.erase("errmsg");
  parts.erase("rid");
  same("error", wanted, parts);
}

// Checks that these requests were sent, or the first of them.
void compare_requests(const json &expected, const json &seen) {
  const json &found = seen.at("requests");
  bool begins = found.size() <= expected.size();
  for (size_t i = 0; begins && i < found.size(); i++) begins = found[i] == expected[i];
  if (!begins || seen.at("elsewhere") != 0) fail("the server has seen " + seen.dump());
}

struct Fault {
  std::string name;
  bool second_call;
  json says;
  Settings settings;
};

// Makes the call, and compares everything except its duration, which it returns.
milliseconds meet(const HostileProgram &program, Fault fault, const json &call, const json &vector) {
  Fields ending(vector);
  const json result = ending.required("result");
  const json requests = ending.required("requests");
  ending.done();
  const auto server = program.serve(fault.name);
  fault.settings.base_urls = {server->base_url()};
  fault.settings.fixed_token = server->access_token();
  fault.settings.tls_roots = server->tls_roots();
  const auto client = client_of(fault.settings);
  if (fault.second_call) {
    if (run(client.get(), Invocation(read_call)).error) fail("the first call failed");
    (void)server->seen();
  }
  const auto begun = steady_clock::now();
  const auto found = run(client.get(), Invocation(call));
  const auto taken = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
  const json seen = server->seen();
  compare(result, found);
  compare_requests(requests, seen);
  if (!found.error) return taken;
  hides(found.error.get(), {server->access_token()});
  const auto said = text(jumpqr_error_message(found.error.get())) + " " + text(jumpqr_error_advice(found.error.get()));
  for (const auto &words : fault.says)
    if (said.find(words.get<std::string>()) == std::string::npos) fail(said + ": " + words.dump() + " is not in it");
  return taken;
}

void meet_in_time(const HostileProgram &program, const Fault &fault, const json &call, const json &vector) {
  std::string took;
  for (int i = 0; i < tries; i++) {
    const auto taken = meet(program, fault, call, vector);
    if (taken <= milliseconds(fault.settings.timeout_ms) + grace) return;
    took += " " + std::to_string(taken.count());
  }
  fail(call.at("interface").get<std::string>() + " took" + took + " ms");
}

} // namespace

void run_fault(const json &vector) {
  // Its path is in the environment, which all programs of the tests share.
  const char *path = std::getenv("JUMPQR_HOSTILE");
  if (!path) fail("JUMPQR_HOSTILE must name the hostile server");
  static const HostileProgram program(path);
  Fields fields(vector);
  (void)fields.required("name");
  (void)fields.required("group");
  Fault fault;
  fault.name = fields.required("fault");
  fault.second_call = fields.optional("second_call", false);
  fault.says = fields.optional("says", json::array());
  fault.settings.timeout_ms = fields.optional("timeout_ms", 10000);
  fault.settings.max_retries = fields.optional("max_retries", 0);
  const json write = fields.required("write");
  const json read = fields.required("read");
  fields.done();
  meet_in_time(program, fault, write_call, write);
  meet_in_time(program, fault, read_call, read);
}

bool is_endless(const json &vector) { return vector.value("group", "") == "endless"; }

long peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stol(line.substr(6));
  fail("the peak of memory is not told");
}

void check_memory([[maybe_unused]] long before) {
#ifndef __SANITIZE_ADDRESS__ // which keeps what is freed
  if (peak() - before > memory)
    fail("answers without end took " + std::to_string(peak() - before) + " KiB");
#endif
}
