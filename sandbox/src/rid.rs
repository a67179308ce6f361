/// Makes the `rid` of answers: three groups of 8 hex digits, the first of them the time, as WeChat's are.
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
