//! A server that answers every request alike, in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// As many as AWS has by default.
const REGIONS: usize = 17;

/// The server's process; it ends with this.
pub struct Server {
    pub url: String,
    process: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts this program as the server.
pub fn start(program: &Path) -> Server {
    let mut process = Command::new(program)
        .arg("--serve")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut port = String::new();
    BufReader::new(process.stdout.take().expect("piped")).read_line(&mut port).expect("a port");
    Server { url: format!("http://127.0.0.1:{}/", port.trim()), process }
}

/// Serves until it is killed.
pub fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("bound").port());
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || talk(&stream));
    }
}

fn talk(mut stream: &TcpStream) -> Option<()> {
    // Otherwise the last part of an answer waits for the first to be acknowledged.
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    let (regions, zones) = (answer("DescribeRegions"), answer("DescribeAvailabilityZones"));
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
        let of_zones = body.windows(25).any(|part| part == b"DescribeAvailabilityZones");
        stream.write_all(if of_zones { &zones } else { &regions }).ok()?;
    }
}

/// An answer as AWS writes it.
fn answer(action: &str) -> Vec<u8> {
    let regions: String = (0..REGIONS)
        .map(|n| {
            format!(
                "        <item>\n            <regionName>here-{n}</regionName>\n            \
                 <regionEndpoint>ec2.here-{n}.amazonaws.com</regionEndpoint>\n            \
                 <optInStatus>opt-in-not-required</optInStatus>\n        </item>\n"
            )
        })
        .collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n    \
         <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>\n    <regionInfo>\n{regions}    \
         </regionInfo>\n</{action}Response>"
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Length: {}\r\n\
         x-amzn-RequestId: 59dbff89-35bd-4eac-99ed-be587EXAMPLE\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n\
         Server: AmazonEC2\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
