//! Status lines, headers and framing of answers, as they come over a connection: a server sends the
//! input, and the client that runs use reads it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use parallax::transcript::Redactor;
use parallax::wire::{Client, ClientOptions, Manner, Signer};
use tokio::runtime::Runtime;

use super::{SECRET, Target, answers, kind};
use crate::mutate::Syntax;

pub const TARGET: Target = Target {
    name: "headers",
    syntax: Syntax::Text,
    seeds,
    words: &[
        "\r\n",
        "\r\n\r\n",
        "HTTP/1.1 ",
        "HTTP/1.0 ",
        "100 Continue",
        "101 Switching Protocols",
        "103 Early Hints",
        "204 No Content",
        "301 Moved",
        "400 Bad Request",
        "500 No",
        "503 Busy",
        "Content-Length: ",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip",
        "Connection: keep-alive",
        "Upgrade: h2c",
        "Location: http://127.0.0.1:1/",
        "Set-Cookie: a=b",
        "Content-Encoding: gzip",
        "Content-Type: ",
        "x-amzn-RequestId: ",
        "Trailer: X",
        "0\r\n\r\n",
        "5\r\n",
        ";ext=1",
        "WWW-Authenticate: ",
    ],
    run,
};

fn seeds() -> Vec<Vec<u8>> {
    let body = "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>5f7e\
        </requestId><regionInfo><item><regionName>a</regionName></item></regionInfo></DescribeRegionsResponse>";
    let refusal = "<Response><Errors><Error><Code>AuthFailure</Code><Message>no</Message></Error></Errors>\
        <RequestID>5f7e</RequestID></Response>";
    let length = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let typed = "Content-Type: text/xml;charset=UTF-8\r\nx-amzn-RequestId: 5f7e\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\n";
    let answers = [
        format!("HTTP/1.1 200 OK\r\n{typed}{}", length(body)),
        format!("HTTP/1.1 200 OK\r\n{typed}Connection: close\r\n\r\n{body}"),
        format!(
            "HTTP/1.1 200 OK\r\n{typed}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        ),
        format!(
            "HTTP/1.1 200 OK\r\n{typed}Transfer-Encoding: chunked\r\nTrailer: X-A\r\n\r\n5;a=b\r\n{}\r\n{:x}\r\n{}\r\n0\r\nX-A: 1\r\n\r\n",
            &body[..5],
            body.len() - 5,
            &body[5..]
        ),
        format!("HTTP/1.1 401 Unauthorized\r\n{typed}Server: x\r\n{}", length(refusal)),
        format!(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 1\r\n{typed}{}",
            length(refusal)
        ),
        format!("HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n{}", length("")),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"
            .to_owned(),
    ];
    answers.into_iter().map(String::into_bytes).collect()
}

/// A server that sends what it was given last, and a client of it.
struct Line {
    answer: Arc<Mutex<Vec<u8>>>,
    client: Client,
    runtime: Runtime,
}

fn line() -> &'static Line {
    static LINE: OnceLock<Line> = OnceLock::new();
    LINE.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let answer = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = shared.lock().expect("nobody panics with it").clone();
                // Who does not read it to its end must not hold up the next.
                std::thread::spawn(move || serve(stream, &answer));
            }
        });
        let credentials = Credentials::new("AKIDEXAMPLEKEYID", SECRET, None, None, "fuzzing");
        let options = ClientOptions { timeout: Duration::from_secs(2), ..ClientOptions::default() };
        let client =
            Client::new(&url, Signer::new(credentials, "here-1"), options).expect("a client");
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Line { answer, client, runtime }
    })
}

fn serve(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while !request.ends_with(b"Version=2016-11-15") {
        match stream.read(&mut piece)? {
            0 => return Ok(()),
            n => request.extend_from_slice(&piece[..n]),
        }
    }
    stream.write_all(answer)?;
    stream.shutdown(Shutdown::Write)?;
    std::io::copy(&mut stream, &mut std::io::sink()).map(drop)
}

fn run(input: &[u8]) -> String {
    let line = line();
    *line.answer.lock().expect("nobody panics with it") = input.to_vec();
    let form = "Action=DescribeRegions&Version=2016-11-15".to_owned();
    let attempt = line.runtime.block_on(line.client.send(form, Vec::new(), &Manner::default()));
    match attempt.outcome {
        Err(failure) => {
            assert!(!failure.message.is_empty(), "no answer, and no reason");
            kind(&format!("{:?}: {}", failure.kind, failure.message))
        }
        Ok(response) => {
            let redactor = Redactor::new(vec![SECRET.to_owned()]);
            for (name, value) in &response.headers {
                assert!(
                    !redactor.header(name, value).as_str().contains(SECRET),
                    "the secret is written"
                );
            }
            let headers = response.headers.iter().map(|(name, value)| {
                (name.clone(), redactor.header(name, value).as_str().to_owned())
            });
            kind(&format!(
                "{} {}",
                response.status,
                answers::judged(
                    "DescribeRegions",
                    response.status,
                    headers.collect(),
                    &response.body
                )
            ))
        }
    }
}
