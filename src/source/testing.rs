//! A server on loopback that gives the answers it was given, one a connection, and keeps what it was asked.
//!
//! It ends with the last answer, or with the tests' process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// The server.
pub(super) struct Answering {
    /// Where it listens.
    pub(super) port: u16,
    asked: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Answering {
    /// Starts it. An empty answer is a line that is cut before a word.
    pub(super) fn with(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let heads = Arc::clone(&asked);
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(&stream).lines().map(Result::unwrap);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                // Kept before it is answered: whoever has the answer finds it here.
                heads.lock().unwrap().push(head);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { port, asked }
    }

    /// The heads of the requests so far: the request's line, and its headers with their names in lower case.
    pub(super) fn asked(&self) -> Vec<Vec<String>> {
        let lower = |line: &String| match line.split_once(": ") {
            Some((name, value)) => format!("{}: {value}", name.to_lowercase()),
            None => line.clone(),
        };
        let asked = self.asked.lock().unwrap();
        let heads = asked.iter();
        heads.map(|head| head.iter().map(lower).collect()).collect()
    }
}

/// An answer with a body, and headers of its own, each with its line's end.
pub(super) fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Runs a future to its end.
pub(super) fn block<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}
