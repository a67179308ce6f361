//! Enums whose values have stable names.

/// Defines an enum whose values have stable names: `ALL`, `name`, and the traits that follow.
///
/// - `enum Kind { Busy = "busy" }` prints and serialises as its name.
/// - With `=> cell` after each name and `column -> Type` after the enum, it has one more column.
/// - `enum Edit: u8 { Add = 0, "add" }` has a number on the wire, and serialises as that.
/// - `enum Field(setting "field") { … }` is a setting: it is read with `from_name`.
///
/// It is exported for the enums of the client; it is no part of the public API.
#[doc(hidden)]
#[macro_export]
macro_rules! named {
    (
        $(#[$doc:meta])*
        $vis:vis enum $enum:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $name:expr,)+
        }
    ) => {
        $crate::named! { @names
            $(#[$doc])* $vis enum $enum { $($(#[$variant_doc])* $variant, $name;)+ }
        }
        $crate::named! { @text $enum }
    };

    (
        $(#[$doc:meta])*
        $vis:vis enum $enum:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $name:expr => $cell:expr,)+
        }
        $(#[$column_doc:meta])*
        $column_vis:vis $column:ident -> $type:ty
    ) => {
        $crate::named! {
            $(#[$doc])* $vis enum $enum { $($(#[$variant_doc])* $variant = $name,)+ }
        }

        impl $enum {
            $(#[$column_doc])*
            #[must_use]
            $column_vis const fn $column(self) -> $type {
                match self { $(Self::$variant => $cell,)+ }
            }
        }
    };

    (
        $(#[$doc:meta])*
        $vis:vis enum $enum:ident(setting $setting:literal) {
            $($(#[$variant_doc:meta])* $variant:ident = $name:expr,)+
        }
    ) => {
        $crate::named! {
            $(#[$doc])* $vis enum $enum { $($(#[$variant_doc])* $variant = $name,)+ }
        }

        impl $enum {
            /// Returns the value with this name; any other name is refused.
            pub fn from_name(name: &str) -> $crate::Result<Self> {
                $crate::error::named_setting($setting, Self::ALL, Self::name, name)
            }
        }
    };

    (
        $(#[$doc:meta])*
        $vis:vis enum $enum:ident: u8 {
            $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $name:literal;)+
        }
    ) => {
        $crate::named! { @names
            $(#[$doc])* $vis enum $enum { $($(#[$variant_doc])* $variant, $name;)+ }
        }

        impl $enum {
            /// Returns the value with this number on the wire.
            #[must_use]
            pub const fn from_number(number: i64) -> Option<Self> {
                match number {
                    $($number => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// Returns the number on the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $(Self::$variant => $number,)+ }
            }
        }

        impl ::core::fmt::Display for $enum {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{} ({})", self.number(), self.name())
            }
        }

        impl ::serde::Serialize for $enum {
            /// Serialises as the number on the wire.
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_u8(self.number())
            }
        }
    };

    (@names
        $(#[$doc:meta])*
        $vis:vis enum $enum:ident {
            $($(#[$variant_doc:meta])* $variant:ident, $name:expr;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $vis enum $enum {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $enum {
            /// Every value.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the stable name.
            #[must_use]
            $vis const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };

    (@text $enum:ident) => {
        impl ::core::fmt::Display for $enum {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl ::serde::Serialize for $enum {
            /// Serialises as the stable name.
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}
