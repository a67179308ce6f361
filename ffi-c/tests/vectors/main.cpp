// Runs every vector of a folder, or of one file in it, and prints the number for each file.
#include "files.hpp"
#include "strict.hpp"

#include <atomic>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <valgrind/valgrind.h>

namespace {

using Run = std::function<void(const json &)>;

using Which = std::function<bool(const json &)>;

// Flows wait for their delays, so many of them run at the same time.
constexpr size_t many = 24;

json load(const std::string &folder, const std::string &file) {
  std::ifstream stream(folder + "/" + file);
  if (!stream) fail("cannot read " + file);
  return json::parse(stream);
}

std::string ended(const Run &run, const json &vector) {
  try {
    run(vector);
    return {};
  } catch (const Failed &failed) {
    return "unexpected error: " + text(jumpqr_error_message(failed.error.get()));
  } catch (const std::exception &error) {
    return error.what();
  }
}

// Whether a vector has little time. Then it must not share the machine with many others.
bool is_hurried(const json &vector) {
  if (vector.contains("fault")) return vector.contains("timeout_ms");
  return vector.contains("policy") && vector.at("policy").at("timeout_ms").get<int64_t>() < 30000;
}

// Runs the chosen vectors in several threads, and returns their number.
size_t run_some(const json &vectors, const Which &which, size_t threads, const Run &run,
                std::vector<std::string> &failures) {
  std::mutex mutex;
  std::atomic<size_t> next{0}, ran{0};
  std::vector<std::thread> running;
  for (size_t i = 0; i < threads; i++)
    running.emplace_back([&] {
      for (size_t index; (index = next++) < vectors.size();) {
        if (!which(vectors[index])) continue;
        ran++;
        const auto failure = ended(run, vectors[index]);
        if (failure.empty()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        failures.push_back(vectors[index].value("name", "?") + ": " + failure);
      }
    });
  for (auto &thread : running) thread.join();
  return ran;
}

size_t run_all(const json &vectors, const Run &run, std::vector<std::string> &failures) {
  const Which others = [](const json &vector) { return !is_hurried(vector) && !is_endless(vector); };
  size_t ran = run_some(vectors, others, many, run, failures);
  ran += run_some(vectors, is_hurried, many, run, failures);
  const long before = peak();
  ran += run_some(vectors, is_endless, 2, run, failures);
  check_memory(before);
  if (ran != vectors.size()) fail("some vectors did not run");
  return ran;
}

void unique_names(const json &vectors, std::set<std::string> &seen) {
  for (const auto &vector : vectors)
    if (!seen.insert(vector.at("name").get<std::string>()).second) fail("a name is not unique: " + vector.dump());
}

bool run_file(const std::string &folder, const std::string &file, const std::map<std::string, Run> &tables) {
  const json content = load(folder, file);
  std::vector<std::string> failures;
  std::set<std::string> seen;
  size_t count = 0;
  Fields fields(content);
  for (const auto &[table, run] : tables) {
    const json &vectors = fields.required(table);
    unique_names(vectors, seen);
    count += run_all(vectors, run, failures);
  }
  fields.done();
  if (count == 0) fail(file + " has no vectors");
  for (const auto &failure : failures) std::cerr << file << ": " << failure << "\n";
  std::cout << "vectors: " << file << " " << count << std::endl;
  return failures.empty();
}

} // namespace

int main(int count, char **arguments) {
  if (count < 2 || count > 3) {
    std::cerr << "usage: vectors FOLDER [FILE]\n";
    return 2;
  }
  const std::string folder = arguments[1];
  const std::string only = count == 3 ? arguments[2] : "";
  const std::pair<std::string, std::map<std::string, Run>> files[] = {
      {"requests.json", {{"requests", run_request}}},
      {"answers.json", {{"answers", run_answer}}},
      {"validation.json", {{"validations", run_validation}}},
      {"matching.json",
       {{"matches", run_match},
        {"occupations", run_occupation},
        {"verification_files", run_verification_file},
        {"launch_queries", run_launch_query},
        {"nearest_prefixes", run_nearest_prefix}}},
      {"errcodes.json", {}},
      {"flows.json", {{"flows", run_flow}}},
      {"tokens.json", {{"tokens", run_tokens}}},
      {"renewals.json", {{"renewals", run_tokens}}},
      {"settings.json", {{"settings", run_settings}}},
      {"pushes.json",
       {{"pushes", run_push},
        {"replies", run_reply},
        {"url_checks", run_url_check},
        {"settings", run_receiver_settings}}},
      {"qr.json", {{"codes", run_code}, {"refused", run_refused_code}}},
      {"raw_calls.json", {{"raw_calls", run_raw_call}, {"refused", run_refused_raw_call}}},
      {"preflight.json", {{"preflights", run_preflight}, {"refused", run_refused_preflight}}},
      {"call_events.json", {{"call_events", run_call_event}}},
      {"faults.json", {{"faults", run_fault}}},
  };
  bool passed = true;
  try {
    for (const auto &[file, tables] : files) {
      if (!only.empty() && only != file) continue;
      // These vectors measure time, which valgrind takes. It also reports results of TLS's assembly
      // as uninitialised.
      if (RUNNING_ON_VALGRIND && file == "faults.json") continue;
      if (tables.empty())
        std::cout << "vectors: " << file << " " << run_names(load(folder, file)) << std::endl;
      else
        passed &= run_file(folder, file, tables);
    }
    return passed ? 0 : 1;
  } catch (const std::exception &error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
