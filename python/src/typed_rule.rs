//! Reads typed rules without a mapping in between: most calls have one.

use jumpqr::interface::AddJumpQRCode;
use jumpqr::{Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, Rule, ServiceAccountRule};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyType};

use crate::known::{Known, name};

/// Reads an `OrdinaryLinkRule` or a `ServiceAccountRule` whose fields have the usual types. Returns
/// None for anything else: as a mapping, it is read or refused with all reasons.
///
/// It runs no Python code.
pub(crate) fn read(
    rule: &Bound<'_, PyAny>,
    is_edit: Option<&Bound<'_, PyAny>>,
) -> Option<AddJumpQRCode> {
    static ORDINARY_LINK: Known<Py<PyType>> = Known::new();
    static SERVICE_ACCOUNT: Known<Py<PyType>> = Known::new();
    let class = rule.get_type();
    let is = |known: &Known<Py<PyType>>, name| {
        let known = known.get_or_find(|| {
            let class = rule.py().import("jumpqr._rules")?.getattr(name)?;
            Ok(class.cast_into()?.unbind())
        });
        known.is_ok_and(|known| class.is(known))
    };
    let rule: Rule = if is(&ORDINARY_LINK, "OrdinaryLinkRule") {
        ordinary_link(&Fields::of(rule, 5)?)?.into()
    } else if is(&SERVICE_ACCOUNT, "ServiceAccountRule") {
        service_account(&Fields::of(rule, 3)?)?.into()
    } else {
        return None;
    };
    let is_edit = match is_edit {
        None => Edit::Add,
        Some(is_edit) => Edit::from_number(match is_edit.cast::<PyBool>() {
            Ok(truth) => truth.is_true().into(),
            Err(_) => integer(is_edit)?,
        })?,
    };
    Some(AddJumpQRCode { rule, is_edit })
}

fn ordinary_link(fields: &Fields<'_>) -> Option<OrdinaryLinkRule> {
    let py = fields.0.py();
    let debug_url = fields.get(name!(py, "debug_url"))?;
    Some(OrdinaryLinkRule {
        prefix: text(&fields.get(name!(py, "prefix"))?)?,
        permit_sub_rule: PermitSubRule::from_number(integer(
            &fields.get(name!(py, "permit_sub_rule"))?,
        )?)?,
        path: text(&fields.get(name!(py, "path"))?)?,
        open_version: OpenVersion::from_number(integer(&fields.get(name!(py, "open_version"))?)?)?,
        debug_url: if debug_url.is_none() {
            None
        } else {
            let links = debug_url.cast_exact::<PyList>().ok()?.iter();
            Some(links.map(|link| text(&link)).collect::<Option<_>>()?)
        },
    })
}

fn service_account(fields: &Fields<'_>) -> Option<ServiceAccountRule> {
    let py = fields.0.py();
    Some(ServiceAccountRule {
        prefix: text(&fields.get(name!(py, "prefix"))?)?,
        appid: text(&fields.get(name!(py, "appid"))?)?,
        path: text(&fields.get(name!(py, "path"))?)?,
    })
}

/// The attributes of a rule.
struct Fields<'py>(Bound<'py, PyDict>);

impl<'py> Fields<'py> {
    /// Returns the attributes if there are `count`. The caller may have added or deleted some.
    fn of(rule: &Bound<'py, PyAny>, count: usize) -> Option<Self> {
        let attributes = rule.getattr(name!(rule.py(), "__dict__")).ok()?;
        let attributes = attributes.cast_into::<PyDict>().ok()?;
        (attributes.len() == count).then_some(Self(attributes))
    }

    fn get(&self, name: &Bound<'py, PyString>) -> Option<Bound<'py, PyAny>> {
        self.0.get_item(name).ok()?
    }
}

fn text(object: &Bound<'_, PyAny>) -> Option<String> {
    let text = object.cast::<PyString>().ok()?;
    text.to_str().ok().map(str::to_owned)
}

/// Returns a number that is not a truth value, for example a member of an `IntEnum`.
fn integer(object: &Bound<'_, PyAny>) -> Option<i64> {
    if object.is_instance_of::<PyBool>() {
        return None;
    }
    object.cast::<PyInt>().ok()?.extract().ok()
}
