// The tables of vectors. Each function runs one vector, and throws if it fails.
#pragma once

#include <nlohmann/json.hpp>

void run_request(const nlohmann::json &vector);
void run_answer(const nlohmann::json &vector);
void run_validation(const nlohmann::json &vector);
void run_match(const nlohmann::json &vector);
void run_occupation(const nlohmann::json &vector);
void run_verification_file(const nlohmann::json &vector);
void run_launch_query(const nlohmann::json &vector);
void run_nearest_prefix(const nlohmann::json &vector);
void run_flow(const nlohmann::json &vector);
void run_tokens(const nlohmann::json &vector);
void run_call_event(const nlohmann::json &vector);
void run_fault(const nlohmann::json &vector);
void run_settings(const nlohmann::json &vector);
void run_push(const nlohmann::json &vector);
void run_reply(const nlohmann::json &vector);
void run_url_check(const nlohmann::json &vector);
void run_receiver_settings(const nlohmann::json &vector);
void run_code(const nlohmann::json &vector);
void run_refused_code(const nlohmann::json &vector);
void run_raw_call(const nlohmann::json &vector);
void run_refused_raw_call(const nlohmann::json &vector);
void run_preflight(const nlohmann::json &vector);
void run_refused_preflight(const nlohmann::json &vector);
// Checks all tables of `errcodes.json`, and returns the number of their entries.
size_t run_names(const nlohmann::json &file);

// Whether a fault continues until the client stops it.
bool is_endless(const nlohmann::json &vector);
// Returns the peak memory of this process, in KiB.
long peak();
// Fails if the peak has risen too much.
void check_memory(long before);
