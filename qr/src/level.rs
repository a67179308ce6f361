use jumpqr_core::check::{Finding, FindingCode};
use jumpqr_core::{Error, Result, named};
use qrcodegen::{QrCodeEcc, QrSegment};

named! {
    /// The error-correction level: how much of a code may be dirty or damaged. A higher level makes
    /// a larger code.
    #[derive(Default)]
    pub enum Level {
        /// About 7 %.
        Low = "L",
        /// About 15 %.
        #[default]
        Medium = "M",
        /// About 25 %.
        Quartile = "Q",
        /// About 30 %.
        High = "H",
    }
}

impl Level {
    /// Returns the level with this name; any other name is refused.
    pub fn from_name(name: &str) -> Result<Self> {
        let level = Self::ALL.iter().copied().find(|level| level.name() == name);
        level.ok_or_else(|| {
            Error::invalid(vec![Finding::new(
                "level",
                FindingCode::UnknownValue,
                "is not an error-correction level: give L, M, Q or H",
            )])
        })
    }

    /// Returns how many bytes a link of the same kind of characters may have.
    pub(crate) fn capacity(self, link: &str) -> usize {
        // The bits of the largest code, without the 4 that name the kind of characters.
        let bits: usize = match self {
            Self::Low => 23_644,
            Self::Medium => 18_668,
            Self::Quartile => 13_324,
            Self::High => 10_204,
        };
        // The length comes first. Three digits take 10 bits, two take 7 and one takes 4.
        if QrSegment::is_numeric(link) {
            let bits = bits - 14;
            return bits / 10 * 3 + (bits % 10).saturating_sub(1) / 3;
        }
        // Two letters of upper case, digits or ` $%*+-./:` take 11 bits, and one takes 6.
        if QrSegment::is_alphanumeric(link) {
            let bits = bits - 13;
            return bits / 11 * 2 + bits % 11 / 6;
        }
        (bits - 16) / 8
    }

    pub(crate) fn ecc(self) -> QrCodeEcc {
        match self {
            Self::Low => QrCodeEcc::Low,
            Self::Medium => QrCodeEcc::Medium,
            Self::Quartile => QrCodeEcc::Quartile,
            Self::High => QrCodeEcc::High,
        }
    }

    pub(crate) fn from_ecc(ecc: QrCodeEcc) -> Self {
        match ecc {
            QrCodeEcc::Low => Self::Low,
            QrCodeEcc::Medium => Self::Medium,
            QrCodeEcc::Quartile => Self::Quartile,
            QrCodeEcc::High => Self::High,
        }
    }
}
