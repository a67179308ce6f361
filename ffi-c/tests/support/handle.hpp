// Handles and texts of jumpqr as C++ objects.
#pragma once

#include <jumpqr.h>

#include <memory>
#include <string>

template <auto Free> struct Freer {
  template <class T> void operator()(T *handle) const { Free(handle); }
};
template <class T, auto Free> using Handle = std::unique_ptr<T, Freer<Free>>;

using ApiQuota = Handle<jumpqr_api_quota, jumpqr_api_quota_free>;
using Bytes = Handle<jumpqr_bytes, jumpqr_bytes_free>;
using Client = Handle<jumpqr_client, jumpqr_client_free>;
using Config = Handle<jumpqr_client_config, jumpqr_client_config_free>;
using Error = Handle<jumpqr_error, jumpqr_error_free>;
using Explanation = Handle<jumpqr_explanation, jumpqr_explanation_free>;
using IpList = Handle<jumpqr_ip_list, jumpqr_ip_list_free>;
using LinkMatch = Handle<jumpqr_link_match, jumpqr_link_match_free>;
using Linked = Handle<jumpqr_linked_miniprograms, jumpqr_linked_miniprograms_free>;
using List = Handle<jumpqr_jump_qr_code_list, jumpqr_jump_qr_code_list_free>;
using Merchant = Handle<jumpqr_authorized_merchant, jumpqr_authorized_merchant_free>;
using Merchants = Handle<jumpqr_merchants, jumpqr_merchants_free>;
using Platform = Handle<jumpqr_platform, jumpqr_platform_free>;
using Push = Handle<jumpqr_push, jumpqr_push_free>;
using Readiness = Handle<jumpqr_readiness, jumpqr_readiness_free>;
using Receiver = Handle<jumpqr_receiver, jumpqr_receiver_free>;
using Report = Handle<jumpqr_check_report, jumpqr_check_report_free>;
using RidInfo = Handle<jumpqr_rid_info, jumpqr_rid_info_free>;
using Rule = Handle<jumpqr_rule, jumpqr_rule_free>;
using RuleSet = Handle<jumpqr_rule_set, jumpqr_rule_set_free>;
using Rules = Handle<jumpqr_rules, jumpqr_rules_free>;
using String = Handle<jumpqr_string, jumpqr_string_free>;
using TokenStatus = Handle<jumpqr_token_status, jumpqr_token_status_free>;
using VerificationFile = Handle<jumpqr_verification_file, jumpqr_verification_file_free>;

inline std::string text(jumpqr_text view) { return view.data ? std::string(view.data, view.size) : std::string(); }

// A call that failed.
struct Failed {
  std::shared_ptr<jumpqr_error> error;
};

// Calls a function with the error as its last argument. If it fails, throws the error.
template <class... Parameters, class... Arguments>
void call(jumpqr_status (*function)(Parameters...), Arguments... arguments) {
  jumpqr_error *error = nullptr;
  if (function(arguments..., &error) != JUMPQR_STATUS_OK)
    throw Failed{std::shared_ptr<jumpqr_error>(error, jumpqr_error_free)};
}

// Calls a function that makes a handle. The handle is the last argument before the error.
template <class H, class Function, class... Arguments> H make(Function function, Arguments... arguments) {
  typename H::pointer made = nullptr;
  call(function, arguments..., &made);
  return H(made);
}
