//! Connections, and what limits them: HTTP/1.1, one request each, until it is told to stop.
//!
//! # Memory
//! [`CONNECTIONS`] × ([`BUFFER`] and an event, at most 1 MiB), beside the releases that are made, as many as there are
//! processors, and what of others waits for their readers.

use std::convert::Infallible;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use http_body_util::{Either, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet, LocalSet, spawn_local};
use tokio::time::{sleep, timeout};

use super::Webhook;
use super::reply::Body;
use super::request::{answer, is_probe};

/// Connections at once; others wait until they are accepted. Far more requests than processors only wait in line, and a
/// connection costs a few hundred kilobytes.
const CONNECTIONS: usize = 64;

/// How long the head of a request may take: it comes in one packet, and whoever sends it by the byte holds a place.
const HEAD: Duration = Duration::from_secs(10);

/// Bytes of a head, and of a body that wait to be sent: eight times what S3 allows for headers.
const BUFFER: usize = 64 * 1024;

/// How long answers that are under way may take after the signal to stop: as long as service managers wait.
const GRACE: Duration = Duration::from_secs(30);

/// How long nothing is accepted after the system could not: it has no room for one more, and is not asked in a loop.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes requests until `stop` comes, and then finishes those under way. All of it is on one thread, which does no more
/// than hand pieces on: whatever takes time has threads of its own.
pub async fn serve(webhook: Webhook, listener: TcpListener, stop: impl Future<Output = ()>) {
    let serving = serve_here(Rc::new(webhook), listener, stop);
    LocalSet::new().run_until(serving).await;
}

async fn serve_here(webhook: Rc<Webhook>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut tasks = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        if let Some((stream, place)) = accepted {
            tasks.spawn_local(connection(
                Rc::clone(&webhook),
                stream,
                graceful.watcher(),
                place,
            ));
        }
        while tasks.try_join_next().is_some() {}
    }
    // From now on nobody is let in.
    drop(listener);
    let rest = async {
        graceful.shutdown().await;
        while tasks.join_next().await.is_some() {}
    };
    let _ = timeout(GRACE, rest).await;
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let Ok((stream, _)) = listener.accept().await else {
        sleep(PAUSE).await;
        return None;
    };
    Some((stream, place))
}

/// One connection, to the end of what its request leaves to do.
async fn connection(
    webhook: Rc<Webhook>,
    stream: TcpStream,
    watcher: Watcher,
    _place: OwnedSemaphorePermit,
) {
    // Pieces are as large as they are; what is small is the head of an answer, which is waited for.
    let _ = stream.set_nodelay(true);
    let Ok(connection) = Connection::new() else {
        return;
    };
    let (shared, work) = (Arc::clone(&connection), Mutex::new(None));
    let service = service_fn(|request| take(&webhook, &shared, &work, request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(BUFFER)
        // An event that is sent while its connection is closed as idle would be lost: each has its own.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let whole = tokio::select! {
        served = watcher.watch(served) => served.is_ok(),
        () = connection.cut.notified() => false,
    };
    connection.end.send_replace(Some(whole));
    let work = lock(&work).take();
    if let Some(work) = work {
        // It has a deadline of its own.
        let _ = work.await;
    }
}

/// Takes a request, and gives its response back once there is one; what sends the rest goes on beside.
async fn take(
    webhook: &Rc<Webhook>,
    connection: &Arc<Connection>,
    work: &Mutex<Option<JoinHandle<()>>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let mut empty = Response::new(Either::Left(Empty::new()));
    if is_probe(&request) {
        return Ok(empty);
    }
    let (sender, response) = oneshot::channel();
    *lock(&connection.reply) = Some(sender);
    let answering = answer(Rc::clone(webhook), request, Arc::clone(connection));
    *lock(work) = Some(spawn_local(answering));
    Ok(response.await.unwrap_or_else(|_| {
        *empty.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        empty
    }))
}

/// A connection, as its request sees it.
pub struct Connection {
    /// Our own id of its request.
    pub request_id: String,
    /// Who waits for the response; none where it is on its way.
    reply: Mutex<Option<oneshot::Sender<Response<Body>>>>,
    cut: Notify,
    /// How it ended: with all that was to be sent, or not.
    end: watch::Sender<Option<bool>>,
}

impl Connection {
    fn new() -> Result<Arc<Self>, getrandom::Error> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        Ok(Arc::new(Self {
            request_id: HEXLOWER.encode(&id),
            reply: Mutex::default(),
            cut: Notify::new(),
            end: watch::Sender::new(None),
        }))
    }

    /// Gives the response to who waits for it, if somebody does.
    pub fn reply(&self, response: Response<Body>) -> bool {
        let waiting = lock(&self.reply).take();
        waiting.is_some_and(|waiting| waiting.send(response).is_ok())
    }

    /// Whether the response is on its way.
    pub fn is_replied(&self) -> bool {
        lock(&self.reply).is_none()
    }

    /// Waits for its end; whether all was sent that was to be.
    pub async fn ended(&self) -> bool {
        let mut end = self.end.subscribe();
        let end = end.wait_for(Option::is_some).await;
        end.is_ok_and(|end| *end == Some(true))
    }

    /// Waits until it ends without a response; forever, where it does not.
    pub async fn abandoned(&self) {
        self.ended().await;
        if self.is_replied() {
            std::future::pending::<()>().await;
        }
    }

    /// Breaks it off: whoever does not read would not hear of an end.
    pub fn cut(&self) {
        self.cut.notify_one();
    }

    /// What breaks it off when it is dropped.
    pub fn cut_unless_ended(&self) -> Cut<'_> {
        Cut(self)
    }
}

/// Breaks a connection off when it is dropped; one that has ended does not hear of it.
pub struct Cut<'a>(&'a Connection);

impl Drop for Cut<'_> {
    fn drop(&mut self) {
        self.0.cut();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
