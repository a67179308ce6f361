// Runs the tests that are not vectors: ownership, threads, structs, the token function, the
// listener, stores, platforms and pushes.
#include "expect.hpp"

#include <iostream>

namespace {

struct Test {
  const char *name;
  void (*run)();
};

#define TEST(name)                                                                                                     \
  Test { #name, name }

const Test tests[] = {
    TEST(a_struct_says_its_version),
    TEST(outputs_are_written_on_success_only),
    TEST(what_is_wrong_with_an_argument_is_said_by_name),
    TEST(a_raw_call_says_which_argument_is_wrong),
    TEST(what_was_given_outlives_the_client),
    TEST(a_text_may_have_nul_in_it),
    TEST(a_client_may_have_another_timeout),
    TEST(an_unchecked_request_is_sent),
    TEST(statuses_have_names),
    TEST(what_ends_a_line_is_refused_in_a_setting),
    TEST(what_ends_a_line_is_refused_in_a_token),
    TEST(a_rule_is_looked_up_before_it_is_published_or_deleted),
    TEST(rules_are_walked_over),
    TEST(a_walk_that_fails_is_at_its_end),
    TEST(a_rule_set_matches_and_explains),
    TEST(user_data_is_freed_once_after_its_last_user),
    TEST(user_data_of_a_refused_function_is_not_freed),
    TEST(a_token_function_says_why_it_fails),
    TEST(a_listener_is_called_on_the_thread_of_the_call),
    TEST(data_of_a_listener_is_freed_once_after_its_last_user),
    TEST(a_token_function_is_told_the_rejected_token),
    TEST(clients_of_one_folder_share_a_token),
    TEST(clients_of_the_same_settings_share_a_store),
    TEST(a_store_that_makes_no_sense_is_refused_and_not_repeated),
    TEST(a_store_that_others_can_read_is_made_private_again_unless_other_things_are_in_it),
    TEST(a_damaged_store_is_told),
    TEST(a_token_of_the_callers_own_has_no_status),
    TEST(a_refusal_is_in_the_status),
    TEST(a_platform_calls_for_its_merchants),
    TEST(a_platform_says_what_it_lacks),
    TEST(a_platform_refuses_what_makes_no_sense),
    TEST(a_push_outlives_its_receiver),
    TEST(a_push_of_a_receiver_is_not_finished),
    TEST(a_receiver_reads_the_bytes_of_the_body_only),
    TEST(the_settings_of_a_receiver_say_their_version),
    TEST(a_platform_without_a_message_token_receives_nothing),
    TEST(a_wrong_link_is_refused_with_all_its_fields),
    TEST(a_mode_that_is_none_is_refused),
    TEST(a_platform_goes_from_an_empty_store_to_a_published_rule),
    TEST(a_push_of_somebody_else_is_refused),
    TEST(a_platform_gives_its_token_and_restarts_its_pushes),
    TEST(a_forgotten_merchant_is_found_in_the_list_again),
    TEST(eight_threads_are_in_the_token_function_at_once),
    TEST(threads_that_wait_longer_for_their_slots_than_their_timeout_succeed),
    TEST(eight_threads_share_a_client),
    TEST(eight_threads_share_a_platform),
    TEST(a_thread_is_cancelled_after_its_call),
    TEST(a_thread_is_cancelled_after_its_token_function),
    TEST(a_call_leaves_the_cancel_state_as_it_was),
    TEST(signals_do_not_disturb_a_call),
};

std::string ended(const Test &test) {
  try {
    test.run();
    return {};
  } catch (const Failed &failed) {
    return "unexpected error: " + text(jumpqr_error_message(failed.error.get()));
  } catch (const std::exception &error) {
    return error.what();
  }
}

} // namespace

int main() {
  int failed = 0;
  for (const auto &test : tests) {
    const auto failure = ended(test);
    if (failure.empty()) continue;
    std::cerr << test.name << ": " << failure << "\n";
    failed++;
  }
  std::cout << "behaviour: " << std::size(tests) << " tests, " << failed << " failed" << std::endl;
  return failed ? 1 : 0;
}
