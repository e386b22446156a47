//! What is done once a transaction has been committed: in-process figures, wake-ups. Short, and never waiting.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something to do after the commit.
pub(crate) type Hook = Box<dyn FnOnce() + Send>;

/// Runs them in the order in which they were asked for; one that panics does not keep the others from running.
pub(crate) fn run_all(hooks: Vec<Hook>) {
    for hook in hooks {
        if catch_unwind(AssertUnwindSafe(hook)).is_err() {
            tracing::error!("something to be done after a commit panicked");
        }
    }
}
