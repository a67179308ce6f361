use ureq::unversioned::transport::{Buffers, LazyBuffers};

/// The least room that is left for the next piece of a request, in bytes; with less, what is held goes out.
const LEAST_ROOM: usize = 4096;

/// Buffers that hold back what is to go out, so that more can be put behind it.
#[derive(Debug)]
pub(super) struct HeldBuffers {
    buffers: LazyBuffers,
    /// The bytes at the beginning of the output that are held back.
    held: usize,
}

impl HeldBuffers {
    pub(super) fn new(input_size: usize, output_size: usize) -> Self {
        Self {
            buffers: LazyBuffers::new(input_size, output_size),
            held: 0,
        }
    }

    /// Holds back `amount` further bytes of the output; whether there is room for more.
    pub(super) fn hold(&mut self, amount: usize) -> bool {
        self.held += amount;
        self.output().len() >= LEAST_ROOM
    }

    /// What was held back; it is not any more.
    pub(super) fn take_held(&mut self) -> &[u8] {
        let held = std::mem::take(&mut self.held);
        self.buffers.output().get(..held).unwrap_or_default()
    }

    /// Whether nothing waits in them, in either direction.
    pub(super) fn are_empty(&self) -> bool {
        self.held == 0 && self.buffers.input().is_empty()
    }
}

impl Buffers for HeldBuffers {
    fn output(&mut self) -> &mut [u8] {
        let output = self.buffers.output();
        output.get_mut(self.held..).unwrap_or_default()
    }

    fn input(&self) -> &[u8] {
        self.buffers.input()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.buffers.input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.buffers.input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.buffers.input_consume(amount);
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        let (tmp, output) = self.buffers.tmp_and_output();
        (tmp, output.get_mut(self.held..).unwrap_or_default())
    }

    fn can_use_input(&self) -> bool {
        self.buffers.can_use_input()
    }
}
