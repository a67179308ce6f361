//! The calls of the blocking client: its methods run on the thread of the caller.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::caller::is_main_thread;
use crate::cancel::{Cancel, CancelBy};
use crate::client::{CallSettings, OpenClient};
use crate::known::name;
use crate::logging::logger_of_calls;
use crate::method::{self, Method};
use crate::process::process;
use crate::python_call::call;

/// The calls of `jumpqr.Client`, which derives from this class.
#[pyclass(name = "Client", subclass, frozen, module = "jumpqr._jumpqr")]
pub(crate) struct BlockingClient;

#[pymethods]
impl BlockingClient {
    /// Takes any arguments: they are those of `__init__`.
    #[new]
    #[pyo3(signature = (*_arguments, **_settings))]
    fn create(_arguments: &Bound<'_, PyTuple>, _settings: Option<&Bound<'_, PyDict>>) -> Self {
        Self
    }

    /// Add or modify a rule. Place the verification file before.
    ///
    /// A rule with violations is refused, and nothing is sent; a rule with warnings is sent, see
    /// `check`. A published rule can only be modified in ordinary-link mode, and not its `path`;
    /// WeChat refuses anything else with 40097.
    ///
    /// Args:
    ///     rule: An `OrdinaryLinkRule`, a `ServiceAccountRule`, a `ListedRule` (for example edited
    ///         with `dataclasses.replace`; its `state` is not sent), or a mapping with the wire
    ///         names. Or pass the fields as keywords instead.
    ///     is_edit: Whether the rule is modified; else it is added. It overrides the `is_edit` of a
    ///         mapping.
    ///     prefix: Which links the rule covers.
    ///     path: The Mini Program page.
    ///     open_version: Which build a `debug_url` opens.
    ///     permit_sub_rule: Whether the rule occupies its sub-rules.
    ///     debug_url: At most 5 complete test links.
    ///     appid: The Mini Program, in service-account mode.
    ///     timeout: The time limit of this call, in seconds.
    ///     validate: Whether the rule is checked before it is sent; if False, a well-formed one is
    ///         sent unchecked.
    #[pyo3(signature = (rule=None, *, is_edit=None, prefix=None, path=None, open_version=None,
        permit_sub_rule=None, debug_url=None, appid=None, timeout=None, validate=None))]
    #[expect(
        clippy::too_many_arguments,
        reason = "these are the parameters in Python"
    )]
    fn add_jump_qr_code<'py>(
        this: &Bound<'py, Self>,
        rule: Option<Bound<'py, PyAny>>,
        is_edit: Option<Bound<'py, PyAny>>,
        prefix: Option<Bound<'py, PyAny>>,
        path: Option<Bound<'py, PyAny>>,
        open_version: Option<Bound<'py, PyAny>>,
        permit_sub_rule: Option<Bound<'py, PyAny>>,
        debug_url: Option<Bound<'py, PyAny>>,
        appid: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
        validate: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::ADD_JUMP_QR_CODE,
            &[
                rule,
                is_edit,
                prefix,
                path,
                open_version,
                permit_sub_rule,
                debug_url,
                appid,
            ],
            timeout,
            validate,
        )
    }

    /// List rules, and the remaining quotas.
    ///
    /// Without arguments, all ordinary-link rules of the Mini Program.
    ///
    /// Args:
    ///     appid: The Mini Program that the service account's rules open.
    ///     get_type: 0 the latest 10,000; 1 by `prefix_list`; 2 by page. By default, it follows
    ///         from the other arguments.
    ///     prefix_list: At most 200 prefixes, each complete.
    ///     page_num: The number of the page, from 1.
    ///     page_size: At most 200.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, appid=None, get_type=None, prefix_list=None, page_num=None,
        page_size=None, timeout=None))]
    fn get_jump_qr_code<'py>(
        this: &Bound<'py, Self>,
        appid: Option<Bound<'py, PyAny>>,
        get_type: Option<Bound<'py, PyAny>>,
        prefix_list: Option<Bound<'py, PyAny>>,
        page_num: Option<Bound<'py, PyAny>>,
        page_size: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::GET_JUMP_QR_CODE,
            &[appid, get_type, prefix_list, page_num, page_size],
            timeout,
            None,
        )
    }

    /// Make a rule effective for everybody. To undo this, you must delete the rule.
    ///
    /// The rule is looked up first. If it does not exist, nothing is sent, and the call raises a
    /// `StateError` with the code `no_such_rule`, which names the nearest listed prefix. If it is
    /// published already, nothing is sent, and the result is `ALREADY_PUBLISHED`. With the setting
    /// `validate=False`, the rule is not looked up.
    ///
    /// Args:
    ///     prefix: The complete prefix of the rule.
    ///     appid: The Mini Program, in service-account mode.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (prefix, *, appid=None, timeout=None))]
    fn publish_jump_qr_code<'py>(
        this: &Bound<'py, Self>,
        prefix: Bound<'py, PyAny>,
        appid: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::PUBLISH_JUMP_QR_CODE,
            &[Some(prefix), appid],
            timeout,
            None,
        )
    }

    /// Remove a rule at once, published or not.
    ///
    /// The rule is looked up first. If it does not exist, nothing is sent, and the result is
    /// `NOT_THERE`; see `nearest_prefix`. With the setting `validate=False`, the rule is not looked
    /// up.
    ///
    /// Args:
    ///     prefix: The complete prefix of the rule.
    ///     appid: The Mini Program, in service-account mode.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (prefix, *, appid=None, timeout=None))]
    fn delete_jump_qr_code<'py>(
        this: &Bound<'py, Self>,
        prefix: Bound<'py, PyAny>,
        appid: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::DELETE_JUMP_QR_CODE,
            &[Some(prefix), appid],
            timeout,
            None,
        )
    }

    /// Fetch the file that proves the account's ownership of a domain.
    ///
    /// Args:
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, timeout=None))]
    fn download_qr_code_text<'py>(
        this: &Bound<'py, Self>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::DOWNLOAD_QR_CODE_TEXT, &[], timeout, None)
    }

    /// Request a link of the service account to a Mini Program; administrators of both confirm.
    ///
    /// Args:
    ///     appid: The Mini Program.
    ///     notify_users: Whether to tell the followers.
    ///     show_profile: Whether to show it on the account's profile.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (appid, *, notify_users=None, show_profile=None, timeout=None),
        text_signature = "($self, appid, *, notify_users=False, show_profile=False, timeout=None)")]
    fn link_miniprogram<'py>(
        this: &Bound<'py, Self>,
        appid: Bound<'py, PyAny>,
        notify_users: Option<Bound<'py, PyAny>>,
        show_profile: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::LINK_MINIPROGRAM,
            &[Some(appid), notify_users, show_profile],
            timeout,
            None,
        )
    }

    /// List the Mini Programs that the service account is linked to, or will be.
    ///
    /// Args:
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, timeout=None))]
    fn wxamplinkget<'py>(
        this: &Bound<'py, Self>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::WXAMPLINKGET, &[], timeout, None)
    }

    /// Request the end of the link to a Mini Program; an administrator confirms.
    ///
    /// The administrator is one of the service account. Until then, `wxamplinkget` lists the link.
    ///
    /// Args:
    ///     appid: The linked Mini Program.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (appid, *, timeout=None))]
    fn unlink_miniprogram<'py>(
        this: &Bound<'py, Self>,
        appid: Bound<'py, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = &[Some(appid)];
        Self::call(this, &method::UNLINK_MINIPROGRAM, arguments, timeout, None)
    }

    /// List the addresses from which WeChat sends its pushes. Read them once a day.
    ///
    /// Args:
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, timeout=None))]
    fn get_callback_ip<'py>(
        this: &Bound<'py, Self>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::GET_CALLBACK_IP, &[], timeout, None)
    }

    /// List the addresses of WeChat's interfaces, for a firewall. Read them once a day.
    ///
    /// Args:
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, timeout=None))]
    fn get_api_domain_ip<'py>(
        this: &Bound<'py, Self>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::GET_API_DOMAIN_IP, &[], timeout, None)
    }

    /// Return how often the account may call an interface, and how often it has called it today.
    ///
    /// Args:
    ///     cgi_path: The path of the interface, for example `/cgi-bin/wxopen/qrcodejumpadd`.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (cgi_path, *, timeout=None))]
    fn get_api_quota<'py>(
        this: &Bound<'py, Self>,
        cgi_path: Bound<'py, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = &[Some(cgi_path)];
        Self::call(this, &method::GET_API_QUOTA, arguments, timeout, None)
    }

    /// Return what WeChat keeps for 7 days about a call of this account.
    ///
    /// An exception has the `rid` of its call. Stars stand for the tokens and secrets.
    ///
    /// Args:
    ///     rid: Three groups of 8 hex digits.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (rid, *, timeout=None))]
    fn get_rid_info<'py>(
        this: &Bound<'py, Self>,
        rid: Bound<'py, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::GET_RID_INFO, &[Some(rid)], timeout, None)
    }

    /// Clear the account's counts of the calls of the day, for all interfaces: 10 times a month.
    ///
    /// If the response is lost, the outcome is unknown, and the call is not sent again.
    ///
    /// Args:
    ///     appid: The account that the token belongs to.
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (appid, *, timeout=None))]
    fn clear_quota<'py>(
        this: &Bound<'py, Self>,
        appid: Bound<'py, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::CLEAR_QUOTA, &[Some(appid)], timeout, None)
    }

    /// Clear the counts as `clear_quota` does, with the client's `appid` and `secret`.
    ///
    /// It needs no token, so it also helps if the calls for tokens are used up. A client that has
    /// no `secret` raises a `CredentialsError` with the code `no_credentials`.
    ///
    /// Args:
    ///     timeout: The time limit of this call, in seconds.
    #[pyo3(signature = (*, timeout=None))]
    fn clear_quota_by_app_secret<'py>(
        this: &Bound<'py, Self>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(this, &method::CLEAR_QUOTA_BY_APP_SECRET, &[], timeout, None)
    }

    /// Call any interface of WeChat's with this client's token.
    ///
    /// It may be one that jumpqr does not have. If WeChat refuses the call, the exception has the
    /// `errcode`. A stale token is renewed once. If a response is lost, WeChat may have done what
    /// the call asks: the `outcome` of the exception is `unknown`, unless the call is `repeatable`.
    ///
    /// Args:
    ///     path: The path, such as `/wxa/business/getuserphonenumber`, without host and query.
    ///         Interfaces that issue tokens are refused.
    ///     query: The fields of the query, without the token. Values are percent-encoded when they
    ///         are sent.
    ///     body: A mapping or a list, which is sent as JSON in a POST. Without it, the call is a
    ///         GET.
    ///     repeatable: Whether the call may be sent again after a lost response, because a second
    ///         time does no harm.
    ///     timeout: The time limit of this call, in seconds.
    ///
    /// Returns:
    ///     The whole response, which may contain secrets.
    #[pyo3(signature = (path, query=None, body=None, *, repeatable=None, timeout=None),
        text_signature = "($self, path, query=None, body=None, *, repeatable=False, timeout=None)")]
    fn call_raw<'py>(
        this: &Bound<'py, Self>,
        path: Bound<'py, PyAny>,
        query: Option<Bound<'py, PyAny>>,
        body: Option<Bound<'py, PyAny>>,
        repeatable: Option<Bound<'py, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::call(
            this,
            &method::CALL_RAW,
            &[Some(path), query, body, repeatable],
            timeout,
            None,
        )
    }
}

impl BlockingClient {
    /// Makes a call of a method, with the arguments in their order.
    fn call<'py>(
        this: &Bound<'py, Self>,
        method: &Method,
        arguments: &[Option<Bound<'py, PyAny>>],
        timeout: Option<f64>,
        validate: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let process = process();
        let arguments = method.take(py, arguments)?;
        let open = Self::open(this, process)?;
        let is_main = is_main_thread(py, process)?;
        let cancel = is_main.then_some(&Cancel(CancelBy::Signal));
        let settings = CallSettings {
            timeout,
            validate,
            ..CallSettings::default()
        };
        // From now on, the logger gets the events of calls, if somebody listens.
        logger_of_calls(py)?;
        let answer = open.get().make(py, cancel, method, arguments, settings)?;
        method.object(py, answer)
    }

    /// Returns the client of this process. The Python file `_connection.py` makes it after a fork,
    /// or says that the client is closed.
    fn open<'py>(this: &Bound<'py, Self>, process: u64) -> PyResult<Bound<'py, OpenClient>> {
        let py = this.py();
        let natives = this.getattr(name!(py, "_natives"))?.cast_into::<PyDict>()?;
        let native = match natives.get_item(process)? {
            Some(native) => native,
            None => call(&this.getattr(name!(py, "_native"))?, ())?,
        };
        Ok(native.cast_into()?)
    }
}
