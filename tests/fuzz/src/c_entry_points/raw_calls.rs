//! The call to any interface, by its path.

use std::ptr::null;

use arbitrary::Arbitrary;
use jumpqr_fuzz_capi::*;

use super::inputs::{InputText, Text};
use super::outcome::{OutPointers, call_for_handle};

#[derive(Debug, Arbitrary)]
pub(super) struct RawCall {
    path: InputText,
    body: InputText,
    /// The fields of the query, or NULL.
    query: Option<Vec<[InputText; 2]>>,
    count_of_null: u8,
    repeatable: bool,
}

impl RawCall {
    /// Makes the call. `faults` gets the statuses with which its arguments may be refused.
    pub(super) fn run(
        &self,
        client: Option<&jumpqr_client>,
        faults: &mut Vec<Option<jumpqr_status>>,
        pointers: OutPointers,
    ) -> Result<(), jumpqr_status> {
        let (path, body) = (self.path.to_text(), self.body.to_text());
        let texts: Option<Vec<_>> = self.query.as_ref().map(|query| {
            let query = query.iter().take(8);
            query
                .map(|field| field.each_ref().map(InputText::to_text))
                .collect()
        });
        let fields: Option<Vec<_>> = texts.as_ref().map(|texts| {
            let fields = texts.iter().map(|[name, value]| jumpqr_query_field {
                name: name.pointer(),
                value: value.pointer(),
            });
            fields.collect()
        });
        let query = fields.as_ref().map_or(null(), Vec::as_ptr);
        let count = fields.as_ref().map_or(self.count_of_null.into(), Vec::len);
        let is_null = fields.is_none() && count > 0;
        let missing = !pointers.has_output() || is_null;
        faults.push(missing.then_some(jumpqr_status::NullArgument));
        faults.extend([path.read().err(), body.read_optional().err()]);
        let texts = texts.iter().flatten().flatten();
        faults.extend(texts.map(|text: &Text| text.read().err()));
        let answer = call_for_handle(pointers, |answer, error| {
            let (path, body, repeatable) = (path.pointer(), body.pointer(), self.repeatable);
            // SAFETY: the texts are NULL or end with NUL, and there are `count` fields, or NULL.
            unsafe {
                jumpqr_client_call_raw(client, path, query, count, body, repeatable, answer, error)
            }
        });
        answer.map(|answer| jumpqr_string_free(answer))
    }
}
