//! Servers on loopback that answer as a test wants. The system picks the ports.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A server; it lives as long as the tests do.
pub struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Whatever it does with a connection; an error means that the other side is gone.
    pub fn raw(talk: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let connections = Arc::new(AtomicUsize::new(0));
        let (counted, talk) = (Arc::clone(&connections), Arc::new(talk));
        thread::spawn(move || {
            for stream in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                let talk = Arc::clone(&talk);
                thread::spawn(move || stream.and_then(|stream| talk(stream)));
            }
        });
        Server { address, connections }
    }

    /// Reads one request and does what it likes with the connection.
    pub fn http(
        answer: impl Fn(&Request, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        Server::raw(move |mut stream| {
            let request = Request::read(&stream)?;
            answer(&request, &mut stream)
        })
    }

    /// Answers request after request on a connection, as servers do; `None` ends it without an answer.
    pub fn lasting(answer: impl Fn(&Request) -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
        Server::raw(move |mut stream| {
            loop {
                let request = Request::read(&stream)?;
                match answer(&request).filter(|_| !request.method.is_empty()) {
                    Some(bytes) => stream.write_all(&bytes)?,
                    None => return Ok(()),
                }
            }
        })
    }

    /// Gives the same answer to every request.
    pub fn fixed(status: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Server {
        let answer = response(status, content_type, &body.into());
        Server::http(move |_, stream| stream.write_all(&answer))
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// What follows `?` in the request's target.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    fn read(stream: &TcpStream) -> io::Result<Request> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query).to_owned();
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut request = Request { method, query, headers, body: String::new() };
        let length = request.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        request.body = String::from_utf8_lossy(&body).into_owned();
        Ok(request)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// A whole answer; the connection ends with it.
pub fn response(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut out = head(status, content_type, body.len());
    out.extend_from_slice(body);
    out
}

/// A whole answer with further headers, each with its line end; the connection goes on after it.
pub fn lasting_response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Length: {length}\r\n\
         {headers}\r\n{body}"
    )
    .into_bytes()
}

/// The beginning of an answer whose body has this length.
pub fn head(status: &str, content_type: &str, length: usize) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )
    .into_bytes()
}

/// The beginning of an answer whose body ends when the connection does.
pub fn endless_head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nConnection: close\r\n\r\n".to_vec()
}
