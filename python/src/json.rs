//! Converts between objects of Python and JSON values.

use jumpqr::check::{Finding, FindingCode};
use jumpqr::error::{Error, Result};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyNone, PyString, PyTuple};
use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::python_call::PythonFunction;

/// Lists the items of a mapping that is not a `dict`; returns None if it is not a mapping.
static ITEMS: PythonFunction = PythonFunction::new("jumpqr._mappings", "items");

/// How deep lists and mappings may nest. A list that contains itself has no end.
const DEEPEST: usize = 127;

/// What is wrong with a text such as that of `os.environ` for bytes that are not UTF-8.
pub(crate) const NOT_UNICODE: &str = "is not Unicode text; read it as UTF-8";

/// Why an object is not a `Value`.
pub(crate) enum Unfit {
    /// JSON has no such value.
    NotJson(&'static str),
    /// An object of this type is neither a text nor a number, list or mapping.
    WrongType(String),
    /// Python code has raised an exception.
    Raised(PyErr),
}

impl From<PyErr> for Unfit {
    fn from(raised: PyErr) -> Self {
        Self::Raised(raised)
    }
}

impl Unfit {
    /// Returns the finding about the field; or the exception that Python code has raised.
    pub(crate) fn finding(self, field: impl Into<String>) -> PyResult<Finding> {
        match self {
            Self::NotJson(message) => Ok(Finding::new(field, FindingCode::NotJson, message)),
            Self::WrongType(message) => Ok(Finding::new(field, FindingCode::WrongType, message)),
            Self::Raised(raised) => Err(raised),
        }
    }
}

/// Reads an argument: None, texts, numbers, lists, tuples, mappings. An object of another type is a
/// `TypeError`; a value that JSON does not have, such as NaN, is an error of ours.
pub(crate) fn read(object: &Bound<'_, PyAny>) -> PyResult<Result<Value>> {
    match to_value(object) {
        Ok(value) => Ok(Ok(value)),
        Err(Unfit::WrongType(message)) => Err(PyTypeError::new_err(message)),
        Err(unfit) => Ok(Err(Error::invalid(vec![unfit.finding("")?]))),
    }
}

pub(crate) fn to_value(object: &Bound<'_, PyAny>) -> Result<Value, Unfit> {
    nested_to_value(object, DEEPEST)
}

fn nested_to_value(object: &Bound<'_, PyAny>, deepest: usize) -> Result<Value, Unfit> {
    if let Some(value) = to_scalar(object)? {
        return Ok(value);
    }
    let deepest = nest(deepest)?;
    if let Some(list) = entries(object) {
        let values = list.map(|value| nested_to_value(&value, deepest));
        return values.collect::<Result<_, _>>().map(Value::Array);
    }
    let mut map = Map::new();
    for_each_field(object, |name, value| {
        map.insert(name, nested_to_value(value, deepest)?);
        Ok(())
    })?;
    Ok(Value::Object(map))
}

/// Writes a mapping or a list as JSON. Its fields keep their order.
pub(crate) fn to_json(object: &Bound<'_, PyAny>) -> Result<String, Unfit> {
    if to_scalar(object)?.is_some() {
        return Err(wrong_type("a mapping or a list", object));
    }
    let mut json = String::new();
    write_json(object, DEEPEST, &mut json)?;
    Ok(json)
}

fn write_json(object: &Bound<'_, PyAny>, deepest: usize, json: &mut String) -> Result<(), Unfit> {
    if is_too_long(object) {
        return Err(Unfit::NotJson(
            "has a whole number of more than 64 bits; give it as a text",
        ));
    }
    if let Some(value) = to_scalar(object)? {
        json.push_str(&value.to_string());
        return Ok(());
    }
    let deepest = nest(deepest)?;
    let mut separator = "";
    if let Some(list) = entries(object) {
        json.push('[');
        for value in list {
            json.push_str(separator);
            write_json(&value, deepest, json)?;
            separator = ",";
        }
        json.push(']');
        return Ok(());
    }
    json.push('{');
    for_each_field(object, |name, value| {
        json.push_str(separator);
        json.push_str(&Value::String(name).to_string());
        json.push(':');
        separator = ",";
        write_json(value, deepest, json)
    })?;
    json.push('}');
    Ok(())
}

/// Whether this is a whole number that neither an `i64` nor a `u64` can hold.
fn is_too_long(object: &Bound<'_, PyAny>) -> bool {
    let number = object.cast::<PyInt>();
    number.is_ok_and(|it| it.extract::<i64>().is_err() && it.extract::<u64>().is_err())
}

/// Returns how deep the entries of a list or a mapping may nest.
fn nest(deepest: usize) -> Result<usize, Unfit> {
    deepest
        .checked_sub(1)
        .ok_or(Unfit::NotJson("nests lists or mappings too deep"))
}

/// Reads a text, a number, True, False or None. Returns None for an object of another type.
fn to_scalar(object: &Bound<'_, PyAny>) -> Result<Option<Value>, Unfit> {
    if let Ok(text) = object.cast::<PyString>() {
        return to_text(text).map(Value::String).map(Some);
    }
    if let Ok(truth) = object.cast::<PyBool>() {
        return Ok(Some(Value::Bool(truth.is_true())));
    }
    if let Ok(number) = object.cast::<PyInt>() {
        return to_integer(number).map(Value::Number).map(Some);
    }
    if object.is_none() {
        return Ok(Some(Value::Null));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        return to_number(number.value()).map(Value::Number).map(Some);
    }
    Ok(None)
}

/// Returns the entries of a list or a tuple: the items themselves, as in the `json` module, even if
/// a subclass has an `__iter__`.
fn entries<'py>(
    object: &Bound<'py, PyAny>,
) -> Option<impl Iterator<Item = Bound<'py, PyAny>> + use<'py>> {
    let list = object.cast::<PyList>().map(PyListMethods::iter).ok();
    let tuple = object.cast::<PyTuple>().map(PyTupleMethods::iter).ok();
    let found = list.is_some() || tuple.is_some();
    found.then(|| {
        list.into_iter()
            .flatten()
            .chain(tuple.into_iter().flatten())
    })
}

/// Passes each field of a mapping to `use_field`.
fn for_each_field(
    object: &Bound<'_, PyAny>,
    mut use_field: impl FnMut(String, &Bound<'_, PyAny>) -> Result<(), Unfit>,
) -> Result<(), Unfit> {
    for item in items(object)? {
        let item = item.cast_into::<PyTuple>().map_err(PyErr::from)?;
        let (name, value) = (item.get_item(0)?, item.get_item(1)?);
        let Ok(name) = name.cast::<PyString>() else {
            return Err(wrong_type("texts as names of fields", &name));
        };
        use_field(to_text(name)?, &value)?;
    }
    Ok(())
}

/// Whether this is a list or a tuple.
pub(crate) fn is_list(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>()
}

/// Lists the items of a mapping. This is a copy: reading an object may run Python code, which may
/// change the mapping.
pub(crate) fn items<'py>(object: &Bound<'py, PyAny>) -> Result<Bound<'py, PyList>, Unfit> {
    if let Ok(mapping) = object.cast::<PyDict>() {
        return Ok(mapping.items());
    }
    let found = ITEMS.call(object.py(), (object,))?.cast_into::<PyList>();
    found.map_err(|_| wrong_type("texts, numbers and lists of texts", object))
}

/// Names the type of the object, and does not show it: it may be a secret.
fn wrong_type(give: &str, object: &Bound<'_, PyAny>) -> Unfit {
    match object.get_type().name() {
        Ok(found) => Unfit::WrongType(format!("give {give}, not {found}")),
        Err(raised) => raised.into(),
    }
}

fn to_text(text: &Bound<'_, PyString>) -> Result<String, Unfit> {
    match text.to_cow() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Unfit::NotJson(NOT_UNICODE)),
    }
}

fn to_integer(number: &Bound<'_, PyInt>) -> Result<Number, Unfit> {
    if let Ok(number) = number.extract::<i64>() {
        return Ok(number.into());
    }
    match number.extract::<u64>() {
        Ok(number) => Ok(number.into()),
        Err(_) => to_number(number.extract().unwrap_or(f64::INFINITY)),
    }
}

fn to_number(number: f64) -> Result<Number, Unfit> {
    Number::from_f64(number).ok_or(Unfit::NotJson(
        "is not a finite number; give finite numbers",
    ))
}

/// Converts to objects of Python: None, bool, int, float, str, list, dict.
pub(crate) fn write<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    let value = serde_json::to_value(value);
    object(
        py,
        value.map_err(|error| PyRuntimeError::new_err(error.to_string()))?,
    )
}

/// Converts a `Value`, likewise.
pub(crate) fn object(py: Python<'_>, value: Value) -> PyResult<Bound<'_, PyAny>> {
    Ok(match value {
        Value::Null => PyNone::get(py).to_owned().into_any(),
        Value::Bool(truth) => PyBool::new(py, truth).to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => number.as_f64().into_pyobject(py)?,
        },
        Value::String(text) => PyString::new(py, &text).into_any(),
        Value::Array(values) => {
            let list = PyList::empty(py);
            for value in values {
                list.append(object(py, value)?)?;
            }
            list.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            for (name, value) in fields {
                dict.set_item(name, object(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
