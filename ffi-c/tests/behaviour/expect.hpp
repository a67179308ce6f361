// Expectations of the tests of behaviour, and clients for them.
#pragma once

#include "../support/handle.hpp"
#include "../support/server.hpp"

#include <sstream>
#include <stdexcept>
#include <string>

template <class Expected, class Found>
void same(const std::string &what, const Expected &expected, const Found &found) {
  if (expected == found) return;
  std::ostringstream message;
  message << what << ": expected " << expected << ", found " << found;
  throw std::runtime_error(message.str());
}

inline void holds(const std::string &what, bool held) {
  if (!held) throw std::runtime_error(what);
}

// Calls a function that must fail with this status, and returns the error.
template <class... Parameters, class... Arguments>
Error fails(jumpqr_status status, jumpqr_status (*function)(Parameters...), Arguments... arguments) {
  jumpqr_error *raw = nullptr;
  const jumpqr_status found = function(arguments..., &raw);
  Error error(raw);
  same("status", status, found);
  same("the error's status", status, jumpqr_error_status(raw));
  holds("an error has a message", jumpqr_error_message(raw).size > 0);
  holds("an error has advice", jumpqr_error_advice(raw).size > 0);
  return error;
}

// Makes settings for a server on loopback, without pacing, retries and tokens.
inline Config config_for(const Server &server) {
  auto config = make<Config>(jumpqr_client_config_new);
  call(jumpqr_client_config_set_base_url, config.get(), server.base_url().c_str());
  call(jumpqr_client_config_set_pacing, config.get(), false);
  call(jumpqr_client_config_set_max_retries, config.get(), 0u);
  return config;
}

inline Client client_for(const Server &server) {
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  return make<Client>(jumpqr_client_new, config.get());
}

inline Reaction answer(const std::string &body) { return {Reaction::answer, 200, body}; }

inline Rule rule_of(const std::string &json) { return make<Rule>(jumpqr_rule_from_json, json.data(), json.size()); }

inline const std::string verification_file = R"({"errcode":0,"file_name":"a.txt","file_content":"b"})";

// The tests of all files. A test that fails throws.
void a_struct_says_its_version();
void outputs_are_written_on_success_only();
void what_is_wrong_with_an_argument_is_said_by_name();
void a_raw_call_says_which_argument_is_wrong();
void what_was_given_outlives_the_client();
void a_text_may_have_nul_in_it();
void a_client_may_have_another_timeout();
void an_unchecked_request_is_sent();
void statuses_have_names();
void what_ends_a_line_is_refused_in_a_setting();
void what_ends_a_line_is_refused_in_a_token();
void a_rule_is_looked_up_before_it_is_published_or_deleted();
void rules_are_walked_over();
void a_walk_that_fails_is_at_its_end();
void a_rule_set_matches_and_explains();
void user_data_is_freed_once_after_its_last_user();
void user_data_of_a_refused_function_is_not_freed();
void a_listener_is_called_on_the_thread_of_the_call();
void data_of_a_listener_is_freed_once_after_its_last_user();
void a_token_function_says_why_it_fails();
void a_token_function_is_told_the_rejected_token();
void clients_of_one_folder_share_a_token();
void clients_of_the_same_settings_share_a_store();
void a_store_that_makes_no_sense_is_refused_and_not_repeated();
void a_store_that_others_can_read_is_made_private_again_unless_other_things_are_in_it();
void a_damaged_store_is_told();
void a_token_of_the_callers_own_has_no_status();
void a_refusal_is_in_the_status();
void a_platform_calls_for_its_merchants();
void a_platform_says_what_it_lacks();
void a_platform_refuses_what_makes_no_sense();
void a_push_outlives_its_receiver();
void a_push_of_a_receiver_is_not_finished();
void a_receiver_reads_the_bytes_of_the_body_only();
void the_settings_of_a_receiver_say_their_version();
void a_platform_without_a_message_token_receives_nothing();
void a_wrong_link_is_refused_with_all_its_fields();
void a_mode_that_is_none_is_refused();
void a_platform_goes_from_an_empty_store_to_a_published_rule();
void a_push_of_somebody_else_is_refused();
void a_platform_gives_its_token_and_restarts_its_pushes();
void a_forgotten_merchant_is_found_in_the_list_again();
void eight_threads_are_in_the_token_function_at_once();
void threads_that_wait_longer_for_their_slots_than_their_timeout_succeed();
void eight_threads_share_a_client();
void eight_threads_share_a_platform();
void a_thread_is_cancelled_after_its_call();
void a_thread_is_cancelled_after_its_token_function();
void a_call_leaves_the_cancel_state_as_it_was();
void signals_do_not_disturb_a_call();
