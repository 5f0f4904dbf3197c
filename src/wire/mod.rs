//! The EC2 Query protocol: encode, sign, send, decode.
//!
//! Only [`Client`] does I/O. What it sends is what an AWS SDK would send; what it returns are bytes
//! as received, or why there are none. Decoding keeps what a schema-driven client throws away:
//! unknown elements, empty against absent, the envelope.

mod answer;
mod aws;
mod client;
mod cut;
mod decode;
mod encode;
mod envelope;
mod manner;
mod members;
mod misnamed;
mod sign;
mod walk;
mod xml;

pub use answer::{Answer, Envelope};
pub(crate) use aws::is_aws;
pub use client::{
    Attempt, Client, ClientError, ClientOptions, Failure, FailureKind, RawResponse, SentRequest,
};
pub(crate) use client::{causes, http, parse_endpoint};
pub(crate) use decode::TIME;
pub use decode::{Decoded, Note, NoteKind, Place, decode_output};
pub use encode::{EncodeError, encode, encode_form};
pub(crate) use encode::{has_token, replace as replace_parameters};
pub(crate) use envelope::is_throttling;
pub use envelope::{ErrorAnswer, read_error};
pub use manner::{Encoding, Manner, Method, Signature};
pub use members::decode_members;
pub use sign::{Signed, Signer};
pub use xml::{Document, Element, XmlError};
