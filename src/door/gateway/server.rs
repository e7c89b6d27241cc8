//! Connections, and what limits them: HTTP/1.1, kept open between requests, until it is told to stop.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::front::Front;
use super::stalling::Stalling;
use super::tls::Tls;

/// Bytes of a head, and of a body that wait to be sent: eight times what S3 allows for headers.
pub const BUFFER: usize = 64 * 1024;

/// How long nothing is accepted after the system could not: it has no room for one more, and is not asked in a loop.
const PAUSE: Duration = Duration::from_millis(100);

/// How long answers that were cut at the stop may take to say so in the log.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Takes connections until `stop` comes; then lets answers under way finish, for as long as the limits say, and what they
/// leave to do. What is left by then is cut.
pub async fn serve(
    front: Arc<Front>,
    listener: TcpListener,
    tls: Tls,
    connections: usize,
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    let tasks = front.gateway().tasks.clone();
    let (cut, cutting) = watch::channel(false);
    let (stopping, stopped) = watch::channel(false);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let Some((stream, client, place)) = accepted else {
            continue;
        };
        let greeted = connection(
            Arc::clone(&front),
            stream,
            client,
            (tls.clone(), stopped.clone()),
            graceful.watcher(),
        );
        let metrics = front.gateway().metrics.clone();
        let mut cutting = cutting.clone();
        tasks.spawn(async move {
            let _open = metrics.connection();
            tokio::select! {
                () = greeted => {}
                _ = cutting.wait_for(|cut| *cut) => {}
            }
            drop(place);
        });
    }
    // From now on nobody is let in.
    drop(listener);
    stopping.send_replace(true);
    front.gateway().metrics.stopping();
    let rest = async {
        graceful.shutdown().await;
        tasks.settled().await;
    };
    // As the settings are now, and not as they were when it began.
    let limits = front.gateway().in_force().settings.limits;
    let time = Duration::from_secs(limits.stop_seconds);
    if timeout(time, rest).await.is_err() {
        cut.send_replace(true);
        let _ = timeout(LAST_WORDS, tasks.settled()).await;
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let Ok((stream, client)) = listener.accept().await else {
        sleep(PAUSE).await;
        return None;
    };
    Some((stream, client.ip(), place))
}

/// One connection, greeted in time.
async fn connection(
    front: Arc<Front>,
    stream: TcpStream,
    client: IpAddr,
    (tls, mut stopped): (Tls, watch::Receiver<bool>),
    watcher: Watcher,
) {
    let limits = front.gateway().in_force().settings.limits;
    // Pieces are as large as they are; what is small is the head of an answer, which is waited for.
    let _ = stream.set_nodelay(true);
    let stream = Stalling::new(stream, Duration::from_secs(limits.stall_seconds));
    let head = Duration::from_secs(limits.head_seconds);
    match tls.acceptor() {
        None => requests(front, stream, client, head, watcher).await,
        Some(acceptor) => {
            // Who cannot speak TLS, or is slow at it, is let go; and a stop does not wait for a greeting.
            let greeted = tokio::select! {
                greeted = timeout(head, acceptor.accept(stream)) => greeted,
                _ = stopped.wait_for(|stopped| *stopped) => return,
            };
            if let Ok(Ok(stream)) = greeted {
                requests(front, stream, client, head, watcher).await;
            }
        }
    }
}

async fn requests<S>(front: Arc<Front>, stream: S, client: IpAddr, head: Duration, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| Arc::clone(&front).take(request, client));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    // How it ended, its requests have said.
    let _ = watcher.watch(served).await;
}
