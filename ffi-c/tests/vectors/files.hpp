// The files of vectors: each function runs one vector of a table, and throws where it fails.
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
void run_fault(const nlohmann::json &vector);
void run_settings(const nlohmann::json &vector);
// All tables of `errcodes.json`; returns how many entries they have.
size_t run_names(const nlohmann::json &file);

// Whether a fault is one that goes on until the client stops it.
bool is_endless(const nlohmann::json &vector);
// The most memory that this process has had so far, in KiB.
long peak();
// Fails where that is much more now than it was.
void check_memory(long before);
