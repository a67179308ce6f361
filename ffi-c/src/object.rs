//! Rust values that C holds.

use std::ops::Deref;
use std::sync::OnceLock;

use jumpqr::interface::{RidInfo, VerificationFile};
use jumpqr::mapping::RuleMapping;
use jumpqr::matching::RuleSet;
use jumpqr::push::Receiver;
use jumpqr::tokens::TokenStatus;
use jumpqr::{Client, ErrCode, Platform};

use crate::{Text, jumpqr_text};

/// The texts that C has read from an object, each copied once. The list only grows, so any number
/// of threads may read and add texts at the same time. It is searched from its beginning, so it is
/// for objects with few texts.
#[derive(Default)]
struct Texts(OnceLock<Box<(Text, Texts)>>);

impl Texts {
    /// Returns the view for C of a copy of `text`. It is valid as long as `self`.
    fn view(&self, text: &str) -> jumpqr_text {
        let mut texts = self;
        loop {
            let add = || Box::new((Text::from(text), Self::default()));
            let (copy, others) = &**texts.0.get_or_init(add);
            if copy.is(text) {
                return copy.view();
            }
            texts = others;
        }
    }
}

/// Returns the view for C of a text of the library. It is valid forever.
pub(crate) fn forever(text: &'static str) -> jumpqr_text {
    static TEXTS: Texts = Texts(OnceLock::new());
    TEXTS.view(text)
}

/// Returns a number that a response may omit, for C.
pub(crate) fn number(count: Option<u64>) -> Option<i64> {
    count?.try_into().ok()
}

/// A Rust value, with the texts that C has read from it. They are copied when C reads them, because
/// C needs a NUL at the end.
pub(crate) struct Object<T> {
    value: T,
    texts: Texts,
}

impl<T> Object<T> {
    /// Returns a text of the value. It is valid as long as `self`.
    pub(crate) fn text<'a, S: AsRef<str>>(
        &'a self,
        read: impl FnOnce(&'a T) -> S,
    ) -> Option<jumpqr_text> {
        self.optional(|value| Some(read(value)))
    }

    /// Returns a text that the value may have. It is valid as long as `self`.
    pub(crate) fn optional<'a, S: AsRef<str>>(
        &'a self,
        read: impl FnOnce(&'a T) -> Option<S>,
    ) -> Option<jumpqr_text> {
        Some(self.texts.view(read(&self.value)?.as_ref()))
    }
}

impl<T> From<T> for Object<T> {
    fn from(value: T) -> Self {
        let texts = Texts::default();
        Self { value, texts }
    }
}

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Makes an object of C from the Rust value in it.
macro_rules! objects {
    ($($object:ident($value:ty),)+) => {
        $(impl From<$value> for crate::$object {
            fn from(value: $value) -> Self {
                Self(value.into())
            }
        })+
    };
}

objects! {
    jumpqr_client(Client),
    jumpqr_errcode(&'static ErrCode),
    jumpqr_platform(Platform),
    jumpqr_receiver(Receiver),
    jumpqr_rid_info(RidInfo),
    jumpqr_rule(RuleMapping),
    jumpqr_rule_set(RuleSet),
    jumpqr_token_status(TokenStatus),
    jumpqr_verification_file(VerificationFile),
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::{Object, forever};

    #[test]
    fn each_text_is_copied_once_and_stays() {
        let object = Object::from(["a", "", "a\0b"]);
        let read = || [0, 1, 2].map(|index| object.text(|texts| texts[index]).unwrap());
        let first = read();
        assert_eq!(first.map(|text| text.size), [1, 0, 3]);
        for (before, now) in first.into_iter().zip(read()) {
            assert_eq!((before.data, before.size), (now.data, now.size));
        }
        assert!(object.optional(|_| None::<&str>).is_none());
    }

    #[test]
    fn threads_that_read_a_text_at_the_same_time_read_the_same_copy() {
        let addresses = || ["one", "two", "three"].map(|text| forever(text).data as usize);
        let read: Vec<_> = thread::scope(|scope| {
            let threads = [0; 8].map(|_| scope.spawn(addresses));
            threads.map(|thread| thread.join().unwrap()).into()
        });
        assert!(read.iter().all(|found| *found == read[0]));
    }
}
