//! The look for a verification file, on a thread of its own: it waits for sockets.

use std::thread;

use jumpqr_core::RuleKey;
use jumpqr_core::preflight::{ExpectedFile, Observations};
use jumpqr_fetch::{PreflightOptions, look_once};
use tokio::sync::oneshot;

/// What to look for, and how.
#[derive(Debug)]
pub(super) struct FileLook {
    pub(super) key: RuleKey,
    pub(super) file: ExpectedFile,
    pub(super) options: PreflightOptions,
}

impl FileLook {
    /// Looks once, as WeChat does. If the file is not in the right place, looks in the wrong places
    /// too, which only explain the refusal. `None` if there is no thread.
    ///
    /// A dropped future ends the look: a sandbox that stops does not wait for a slow server.
    pub(super) async fn run(self) -> Option<Observations> {
        let (sender, seen) = oneshot::channel();
        let look = move || {
            let is_cancelled = || sender.is_closed();
            if let Ok(seen) = look_once(&self.key, self.file, &self.options, &is_cancelled) {
                // Fails only if the sandbox has stopped.
                let _ = sender.send(seen);
            }
        };
        thread::Builder::new()
            .name("jumpqr-sandbox-file".to_owned())
            .spawn(look)
            .ok()?;
        seen.await.ok()
    }
}
