//! The ids of error responses.

/// Generates the `rid` of error responses. As in WeChat's responses, a rid has three groups of 8
/// hex digits, and the first group is the time.
#[derive(Debug, Default)]
pub(crate) struct Rids {
    issued: u64,
}

impl Rids {
    pub(crate) fn next(&mut self, now: crate::clock::Moment) -> String {
        self.issued += 1;
        let mut random = fastrand::Rng::with_seed(self.issued);
        format!(
            "{:08x}-{:08x}-{:08x}",
            now.as_secs() & 0xffff_ffff,
            random.u32(..),
            random.u32(..)
        )
    }
}
