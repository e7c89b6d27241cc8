//! Work that outlives the request that began it: what an answer leaves to do when its last byte has gone.

use tokio::sync::watch;

/// How many such tasks there are.
#[derive(Clone, Debug)]
pub struct Tasks(watch::Sender<usize>);

impl Default for Tasks {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Tasks {
    /// Does some work beside all else.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let task = self.begin();
        tokio::spawn(async move {
            work.await;
            drop(task);
        });
    }

    /// Waits until there is none.
    pub async fn settled(&self) {
        let mut count = self.0.subscribe();
        // The sender is ours.
        let _ = count.wait_for(|count| *count == 0).await;
    }

    fn begin(&self) -> Task {
        self.0.send_modify(|count| *count += 1);
        Task(self.0.clone())
    }
}

/// One of them, which may end in a panic.
struct Task(watch::Sender<usize>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
