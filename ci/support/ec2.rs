//! A cloud that knows nothing but key pairs: enough of EC2 for a case to run from end to end.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::server::{Request, Server, lasting_response, response};

/// A part of the private key that CreateKeyPair answers with. May never be shown or written.
pub const KEY_MATERIAL: &str = "MIIEneverShowThisKeyMaterial4711";

/// The cloud.
pub struct FakeEc2 {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    keys: BTreeMap<String, u32>,
    calls: Vec<Call>,
}

/// A call that the cloud got.
#[derive(Debug, Clone)]
pub struct Call {
    pub action: String,
    /// All parameters, decoded.
    pub parameters: BTreeMap<String, String>,
    /// Which call of this action this is, from 1.
    pub nth: usize,
    pub request: Request,
}

/// What a cloud on connections that last does with a call.
pub enum Lasting {
    Behave,
    Say(Reply),
    HangUp,
}

/// HTTP status and body.
pub type Reply = (u16, String);

impl FakeEc2 {
    /// Behaves.
    pub fn start() -> FakeEc2 {
        FakeEc2::that(|_| None)
    }

    /// Behaves, except where this says otherwise. It may also take its time.
    pub fn that(instead: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static) -> FakeEc2 {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::http(move |request, stream| {
            let call = lock(&shared).called(request);
            let (status, body) = instead(&call).unwrap_or_else(|| lock(&shared).answer(&call));
            let status =
                if status == 200 { "200 OK".to_owned() } else { format!("{status} Error") };
            stream.write_all(&response(&status, "text/xml;charset=UTF-8", body.as_bytes()))
        });
        FakeEc2 { server, state }
    }

    /// Behaves, on connections that last, but for calls that it hangs up on. Who is told to come back
    /// later is told that it may be at once.
    pub fn lasting(instead: impl Fn(&Call) -> Lasting + Send + Sync + 'static) -> FakeEc2 {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let server = Server::lasting(move |request| {
            if request.method.is_empty() {
                return None;
            }
            let call = lock(&shared).called(request);
            let (status, body) = match instead(&call) {
                Lasting::HangUp => return None,
                Lasting::Say(reply) => reply,
                Lasting::Behave => lock(&shared).answer(&call),
            };
            let headers = if matches!(status, 429 | 503) { "Retry-After: 0\r\n" } else { "" };
            Some(lasting_response(&format!("{status} As It Is"), headers, &body))
        });
        FakeEc2 { server, state }
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Every call, in order.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.state).calls.clone()
    }

    /// The actions called, in order.
    pub fn actions(&self) -> Vec<String> {
        self.calls().into_iter().map(|call| call.action).collect()
    }

    /// Names of the key pairs that are there.
    pub fn keys(&self) -> Vec<String> {
        lock(&self.state).keys.keys().cloned().collect()
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn called(&mut self, request: &Request) -> Call {
        let form = [request.query.as_str(), request.body.as_str()].join("&");
        let parameters: BTreeMap<String, String> =
            url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let action = parameters.get("Action").cloned().unwrap_or_default();
        let nth = self.calls.iter().filter(|c| c.action == action).count() + 1;
        let call = Call { action, parameters, nth, request: request.clone() };
        self.calls.push(call.clone());
        call
    }

    fn answer(&mut self, call: &Call) -> Reply {
        let name = call.parameters.get("KeyName").cloned().unwrap_or_default();
        match call.action.as_str() {
            "DescribeAvailabilityZones" => output(
                call,
                "<availabilityZoneInfo><item><zoneName>here-1a</zoneName>\
                 <zoneState>available</zoneState><regionName>here-1</regionName></item>\
                 </availabilityZoneInfo>",
            ),
            "DescribeImages" => output(call, "<imagesSet/>"),
            "CreateKeyPair" if self.keys.contains_key(&name) => refusal(
                400,
                "InvalidKeyPair.Duplicate",
                &format!("The keypair '{name}' already exists."),
            ),
            "CreateKeyPair" => {
                let number = u32::try_from(call.nth).unwrap_or(u32::MAX);
                self.keys.insert(name.clone(), number);
                // Put together here so that nobody takes this file for one that holds a key.
                let (begin, end) = ("-----BEGIN RSA", "-----END RSA");
                let fingerprint = vec!["1f"; 20].join(":");
                output(
                    call,
                    &format!(
                        "<keyName>{name}</keyName><keyFingerprint>{fingerprint}</keyFingerprint>\
                         <keyMaterial>{begin} PRIVATE KEY-----\n{KEY_MATERIAL}\n{end} PRIVATE KEY-----\
                         </keyMaterial><keyPairId>key-0abcdef01234567{number:02x}</keyPairId>"
                    ),
                )
            }
            "DeleteKeyPair" => {
                let id = self.keys.remove(&name).map_or_else(String::new, |number| {
                    format!("<keyPairId>key-0abcdef01234567{number:02x}</keyPairId>")
                });
                output(call, &format!("<return>true</return>{id}"))
            }
            other => refusal(400, "InvalidAction", &format!("{other} is not known here")),
        }
    }
}

/// A success with these members.
pub fn output(call: &Call, members: &str) -> Reply {
    let action = &call.action;
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>5f7e1a2b-0000-4000-8000-000000000001</requestId>{members}</{action}Response>"
    );
    (200, body)
}

/// A refusal as EC2 writes it. The message is put in as it is.
pub fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error></Errors>\
         <RequestID>5f7e1a2b-0000-4000-8000-000000000002</RequestID></Response>"
    );
    (status, body)
}
