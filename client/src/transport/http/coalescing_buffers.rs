//! Buffers that collect the pieces of a request, so that they are sent in one system call.

use ureq::unversioned::transport::{Buffers, LazyBuffers};

/// The least room for the next piece of a request, in bytes. With less, the pending pieces are
/// sent.
const LEAST_ROOM: usize = 4096;

/// Buffers whose output can be kept pending, so that more can be appended to it.
#[derive(Debug)]
pub(super) struct CoalescingBuffers {
    buffers: LazyBuffers,
    /// How many bytes at the beginning of the output are pending.
    pending: usize,
}

impl CoalescingBuffers {
    pub(super) fn new(input_size: usize, output_size: usize) -> Self {
        Self {
            buffers: LazyBuffers::new(input_size, output_size),
            pending: 0,
        }
    }

    /// Keeps `amount` further bytes of the output pending. Returns whether there is room for more.
    pub(super) fn append(&mut self, amount: usize) -> bool {
        self.pending += amount;
        self.output().len() >= LEAST_ROOM
    }

    /// Takes the pending bytes, which must be sent now.
    pub(super) fn take_pending(&mut self) -> &[u8] {
        let pending = std::mem::take(&mut self.pending);
        self.buffers.output().get(..pending).unwrap_or_default()
    }

    /// Returns whether both buffers are empty.
    pub(super) fn are_empty(&self) -> bool {
        self.pending == 0 && self.buffers.input().is_empty()
    }
}

impl Buffers for CoalescingBuffers {
    fn output(&mut self) -> &mut [u8] {
        let output = self.buffers.output();
        output.get_mut(self.pending..).unwrap_or_default()
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
        (tmp, output.get_mut(self.pending..).unwrap_or_default())
    }

    fn can_use_input(&self) -> bool {
        self.buffers.can_use_input()
    }
}
