//! The methods of a client: the interface that each calls, and how its arguments and its result are
//! converted.

use jumpqr::binding;
use jumpqr::error::Result;
use jumpqr::interface::{AddJumpQRCode, Confirmation};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::Value;

use crate::json;
use crate::known::Known;
use crate::python_call::{PythonFunction, call};
use crate::raw_call;
use crate::typed_rule;

/// A method that calls an interface.
pub(crate) struct Method {
    /// WeChat's name of the interface, or `call_raw`.
    pub(crate) interface: &'static str,
    parameters: Parameters,
    /// Makes the result from JSON. None: it is a `Confirmation`.
    make_result: Option<PythonFunction>,
}

/// The parameters of a method in their order, without the settings of the call.
enum Parameters {
    /// A rule, `is_edit`, and the fields of the rule.
    Rule,
    /// The arguments of the interface with these wire names.
    Named(&'static [&'static str]),
    /// The arguments of a raw call.
    Raw,
}

/// The arguments of a call, of which only a typed rule has been read.
pub(crate) enum UnreadArguments<'py> {
    Rule(AddJumpQRCode),
    Mapping(Bound<'py, PyAny>),
}

/// The arguments of a call.
pub(crate) enum Arguments {
    Rule(AddJumpQRCode),
    Mapping(Value),
}

/// The result of a call.
pub(crate) enum Answer {
    Confirmation(Confirmation),
    Json(Value),
}

pub(crate) static ADD_JUMP_QR_CODE: Method = Method {
    interface: "addJumpQRCode",
    parameters: Parameters::Rule,
    make_result: None,
};
pub(crate) static GET_JUMP_QR_CODE: Method = Method::with_response(
    "getJumpQRCode",
    &["appid", "get_type", "prefix_list", "page_num", "page_size"],
    "jump_qr_code_list",
);
pub(crate) static PUBLISH_JUMP_QR_CODE: Method =
    Method::with_confirmation("publishJumpQRCode", &["prefix", "appid"]);
pub(crate) static DELETE_JUMP_QR_CODE: Method =
    Method::with_confirmation("deleteJumpQRCode", &["prefix", "appid"]);
pub(crate) static DOWNLOAD_QR_CODE_TEXT: Method =
    Method::with_response("downloadQRCodeText", &[], "verification_file");
pub(crate) static LINK_MINIPROGRAM: Method = Method::with_confirmation(
    "linkMiniprogram",
    &["appid", "notify_users", "show_profile"],
);
pub(crate) static WXAMPLINKGET: Method =
    Method::with_response("wxamplinkget", &[], "linked_miniprograms");
pub(crate) static UNLINK_MINIPROGRAM: Method =
    Method::with_confirmation("unlinkMiniprogram", &["appid"]);
pub(crate) static GET_CALLBACK_IP: Method = Method::with_response("getCallbackIp", &[], "ip_list");
pub(crate) static GET_API_DOMAIN_IP: Method =
    Method::with_response("getApiDomainIp", &[], "ip_list");
pub(crate) static GET_API_QUOTA: Method =
    Method::with_response("getApiQuota", &["cgi_path"], "api_quota");
pub(crate) static GET_RID_INFO: Method = Method::with_response("getRidInfo", &["rid"], "rid_info");
pub(crate) static CLEAR_QUOTA: Method = Method::with_confirmation("clearQuota", &["appid"]);
pub(crate) static CLEAR_QUOTA_BY_APP_SECRET: Method =
    Method::with_confirmation("clearQuotaByAppSecret", &[]);

pub(crate) static CALL_RAW: Method = Method {
    interface: "call_raw",
    parameters: Parameters::Raw,
    make_result: Some(PythonFunction::new("json", "loads")),
};

static METHODS: [&Method; 15] = [
    &ADD_JUMP_QR_CODE,
    &GET_JUMP_QR_CODE,
    &PUBLISH_JUMP_QR_CODE,
    &DELETE_JUMP_QR_CODE,
    &DOWNLOAD_QR_CODE_TEXT,
    &LINK_MINIPROGRAM,
    &WXAMPLINKGET,
    &UNLINK_MINIPROGRAM,
    &GET_CALLBACK_IP,
    &GET_API_DOMAIN_IP,
    &GET_API_QUOTA,
    &GET_RID_INFO,
    &CLEAR_QUOTA,
    &CLEAR_QUOTA_BY_APP_SECRET,
    &CALL_RAW,
];

impl Method {
    /// Its result is made by this function of `jumpqr._answers`.
    const fn with_response(
        interface: &'static str,
        parameters: &'static [&'static str],
        function: &'static str,
    ) -> Self {
        Self {
            interface,
            parameters: Parameters::Named(parameters),
            make_result: Some(PythonFunction::new("jumpqr._answers", function)),
        }
    }

    /// Its result is a `Confirmation`.
    const fn with_confirmation(
        interface: &'static str,
        parameters: &'static [&'static str],
    ) -> Self {
        Self {
            interface,
            parameters: Parameters::Named(parameters),
            make_result: None,
        }
    }

    /// Returns the method that calls this interface.
    pub(crate) fn of(interface: &str) -> PyResult<&'static Self> {
        let mut methods = METHODS.into_iter();
        let found = methods.find(|method| method.interface == interface);
        found.ok_or_else(|| PyValueError::new_err(interface.to_owned()))
    }

    /// Takes the arguments in the order of the parameters.
    pub(crate) fn take<'py>(
        &self,
        py: Python<'py>,
        arguments: &[Option<Bound<'py, PyAny>>],
    ) -> PyResult<UnreadArguments<'py>> {
        match (&self.parameters, arguments) {
            (Parameters::Rule, [rule, is_edit, fields @ ..]) => {
                take_rule(py, rule.as_ref(), is_edit.as_ref(), fields)
            }
            (Parameters::Rule, _) => take_rule(py, None, None, arguments),
            (Parameters::Raw, _) => raw_call::take(py, arguments).map(UnreadArguments::Mapping),
            (Parameters::Named(names), _) => {
                let mapping = PyDict::new(py);
                for (name, argument) in names.iter().zip(arguments) {
                    mapping.set_item(name, argument)?;
                }
                Ok(UnreadArguments::Mapping(mapping.into_any()))
            }
        }
    }

    /// Makes the call.
    pub(crate) fn call(&self, client: &jumpqr::Client, arguments: Arguments) -> Result<Answer> {
        match arguments {
            Arguments::Rule(call) => client.call(call).map(Answer::Confirmation),
            Arguments::Mapping(arguments) => {
                binding::call(client, self.interface, arguments).map(Answer::Json)
            }
        }
    }

    /// Converts the result.
    pub(crate) fn object<'py>(
        &self,
        py: Python<'py>,
        answer: Answer,
    ) -> PyResult<Bound<'py, PyAny>> {
        match (answer, &self.make_result) {
            (Answer::Confirmation(confirmation), _) => member(py, confirmation.name()),
            (Answer::Json(Value::String(confirmation)), None) => member(py, &confirmation),
            (Answer::Json(answer), None) => json::object(py, answer),
            (Answer::Json(answer), Some(make)) => make.call(py, (json::object(py, answer)?,)),
        }
    }
}

impl UnreadArguments<'_> {
    /// Reads the arguments. See [`json::read`] for the errors.
    pub(crate) fn read(self) -> PyResult<Result<Arguments>> {
        match self {
            Self::Rule(call) => Ok(Ok(Arguments::Rule(call))),
            Self::Mapping(mapping) => Ok(json::read(&mapping)?.map(Arguments::Mapping)),
        }
    }
}

/// Takes a rule that is given as a whole or as its fields.
fn take_rule<'py>(
    py: Python<'py>,
    rule: Option<&Bound<'py, PyAny>>,
    is_edit: Option<&Bound<'py, PyAny>>,
    fields: &[Option<Bound<'py, PyAny>>],
) -> PyResult<UnreadArguments<'py>> {
    static RULE_OR_FIELDS: PythonFunction = PythonFunction::new("jumpqr._rules", "rule_or_fields");
    if let Some(rule) = rule
        && fields.iter().all(Option::is_none)
    {
        if let Some(call) = typed_rule::read(rule, is_edit) {
            return Ok(UnreadArguments::Rule(call));
        }
        if is_edit.is_none() && rule.is_exact_instance_of::<PyDict>() {
            return Ok(UnreadArguments::Mapping(rule.clone()));
        }
    }
    let fields = PyTuple::new(py, fields)?;
    let mapping = RULE_OR_FIELDS.call(py, (rule, fields, is_edit))?;
    Ok(UnreadArguments::Mapping(mapping))
}

/// Returns the member of `jumpqr.Confirmation` with this name.
fn member<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static MEMBERS: Known<Vec<(&str, Py<PyAny>)>> = Known::new();
    let members = MEMBERS.get_or_find(|| {
        let class = py.import("jumpqr._enums")?.getattr("Confirmation")?;
        let names = Confirmation::ALL.iter().map(|known| known.name());
        names
            .map(|name| Ok((name, call(&class, (name,))?.unbind())))
            .collect::<PyResult<_>>()
    })?;
    let found = members.iter().find(|(known, _)| *known == name);
    let (_, member) = found.ok_or_else(|| PyValueError::new_err(name.to_owned()))?;
    Ok(member.bind(py).clone())
}
