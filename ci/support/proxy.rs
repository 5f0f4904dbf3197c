//! Stands between a client and a server on loopback and does harm, at exactly the byte that a test
//! wants.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// A proxy; it lives as long as the tests do.
pub struct Proxy {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// How many bytes went through a connection, each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    pub request: usize,
    pub answer: usize,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Request,
    Answer,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By a reset (RST), as when a machine or a middle box gives it up.
    Reset,
    /// In good order (FIN), as when a process ends.
    Close,
    /// Not at all: nothing comes any more.
    Stall,
}

/// What is done to one connection.
#[derive(Clone)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// So many bytes get through this way, then it ends.
    Cut { way: Way, after: usize, end: End },
    /// So many bytes of requests get through, then it ends. Until then answers do, too: who shakes
    /// hands waits for them.
    CutTalk { after: usize, end: End },
    /// The answer comes byte for byte, with a pause between them.
    Drip(Duration),
    /// Something else is sent, made of the answer. The server has to close the connection behind it.
    Instead(Arc<Instead>),
}

type Instead = dyn Fn(&[u8], &mut TcpStream) -> io::Result<()> + Send + Sync;

impl Fault {
    /// The answer is replaced by other bytes.
    pub fn rewrite(with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Fault {
        Fault::instead(move |answer, client| client.write_all(&with(answer)))
    }

    /// Something else is sent, for as long as it likes.
    pub fn instead(
        send: impl Fn(&[u8], &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Fault {
        Fault::Instead(Arc::new(send))
    }
}

impl Proxy {
    /// In front of the server at this port; says for each connection, from 1, what is done to it.
    pub fn before(port: u16, fault: impl Fn(usize) -> Fault + Send + Sync + 'static) -> Proxy {
        Proxy::on(TcpListener::bind("127.0.0.1:0").expect("a free port"), port, fault)
    }

    /// The same, where somebody has bound a place for it.
    pub fn on(
        listener: TcpListener,
        port: u16,
        fault: impl Fn(usize) -> Fault + Send + Sync + 'static,
    ) -> Proxy {
        let address = listener.local_addr().expect("bound");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (shared, fault) = (Arc::clone(&seen), Arc::new(fault));
        thread::spawn(move || {
            for (n, client) in listener.incoming().flatten().enumerate() {
                lock(&shared).push(Seen::default());
                let (shared, fault) = (Arc::clone(&shared), fault(n + 1));
                thread::spawn(move || {
                    let server = TcpStream::connect(("127.0.0.1", port))?;
                    let count = Count { seen: shared, n };
                    Connection { client, server, count, other: None }.serve(&fault)
                });
            }
        });
        Proxy { address, seen }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every connection, in order.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }
}

fn lock(seen: &Mutex<Vec<Seen>>) -> std::sync::MutexGuard<'_, Vec<Seen>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts what goes through.
#[derive(Clone)]
struct Count {
    seen: Arc<Mutex<Vec<Seen>>>,
    n: usize,
}

impl Count {
    fn add(&self, way: Way, bytes: usize) {
        let seen = &mut lock(&self.seen)[self.n];
        match way {
            Way::Request => seen.request += bytes,
            Way::Answer => seen.answer += bytes,
        }
    }
}

struct Connection {
    client: TcpStream,
    server: TcpStream,
    count: Count,
    /// Forwards what goes the other way.
    other: Option<thread::JoinHandle<()>>,
}

impl Connection {
    fn serve(mut self, fault: &Fault) -> io::Result<()> {
        match fault {
            Fault::Cut { way: Way::Request, after, end } => {
                self.pump(Way::Request, *after)?;
                self.end(*end)
            }
            Fault::CutTalk { after, end } => {
                self.forward_answers()?;
                self.pump(Way::Request, *after)?;
                self.end(*end)
            }
            Fault::Cut { way: Way::Answer, after, end } => {
                self.forward_requests()?;
                self.pump(Way::Answer, *after)?;
                self.end(*end)
            }
            Fault::Pass => {
                self.forward_requests()?;
                self.pump(Way::Answer, usize::MAX)?;
                self.end(End::Close)
            }
            Fault::Drip(pause) => {
                self.forward_requests()?;
                while self.pump(Way::Answer, 1)? == 1 {
                    thread::sleep(*pause);
                }
                self.end(End::Close)
            }
            Fault::Instead(send) => {
                self.forward_requests()?;
                let mut answer = Vec::new();
                self.server.read_to_end(&mut answer)?;
                send(&answer, &mut self.client)?;
                self.end(End::Close)
            }
        }
    }

    /// From now on requests go through, whatever happens to the answer.
    fn forward_requests(&mut self) -> io::Result<()> {
        let (mut from, mut to) = (self.client.try_clone()?, self.server.try_clone()?);
        let count = self.count.clone();
        self.other = Some(thread::spawn(move || {
            let _ = copy(&mut from, &mut to, usize::MAX, |n| count.add(Way::Request, n));
        }));
        Ok(())
    }

    /// From now on answers go through, until the connection to the server ends.
    fn forward_answers(&mut self) -> io::Result<()> {
        let (mut from, mut to) = (self.server.try_clone()?, self.client.try_clone()?);
        let count = self.count.clone();
        self.other = Some(thread::spawn(move || {
            let _ = copy(&mut from, &mut to, usize::MAX, |n| count.add(Way::Answer, n));
        }));
        Ok(())
    }

    /// Lets at most so many bytes through; gives how many there were.
    fn pump(&mut self, way: Way, most: usize) -> io::Result<usize> {
        let (from, to) = match way {
            Way::Request => (&mut self.client, &mut self.server),
            Way::Answer => (&mut self.server, &mut self.client),
        };
        let count = &self.count;
        copy(from, to, most, |n| count.add(way, n))
    }

    fn end(mut self, end: End) -> io::Result<()> {
        let _ = self.server.shutdown(Shutdown::Both);
        match end {
            End::Reset => {
                SockRef::from(&self.client).set_linger(Some(Duration::ZERO))?;
                // A connection ends with the last of its handles: the other thread has to let go.
                let _ = self.client.shutdown(Shutdown::Read);
                self.other
                    .take()
                    .map_or(Ok(()), thread::JoinHandle::join)
                    .map_err(|_| io::ErrorKind::Other.into())
            }
            End::Close | End::Stall => {
                if end == End::Close {
                    self.client.shutdown(Shutdown::Write)?;
                }
                // What is not read when a connection is closed makes a reset of it.
                io::copy(&mut self.client, &mut io::sink()).map(drop)
            }
        }
    }
}

fn copy(
    from: &mut TcpStream,
    to: &mut TcpStream,
    most: usize,
    counted: impl Fn(usize),
) -> io::Result<usize> {
    let mut piece = [0; 4096];
    let mut all = 0;
    while all < most {
        let room = piece.len().min(most - all);
        match from.read(&mut piece[..room])? {
            0 => break,
            n => {
                all += n;
                counted(n);
                to.write_all(&piece[..n])?;
            }
        }
    }
    Ok(all)
}
