//! Calls the SDK's deserialisers.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse as _;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::request_id::RequestId;

use super::decoder::Decoder;
use super::{Reading, Unreadable, Why, place};

/// Reads an answer with the decoder of its action.
pub(super) fn read(
    action: &str,
    decoder: &Decoder,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reading {
    match response(status, headers, body) {
        Ok(response) => decode(action, decoder, &response),
        Err(why) => Reading::Unreadable(Unreadable::body(Why::Other(why))),
    }
}

fn response(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Result<HttpResponse, String> {
    let status = StatusCode::try_from(status).map_err(|e| e.to_string())?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in headers {
        // A header that the SDK's own type cannot hold would not have reached it either.
        let _ = response.headers_mut().try_append((*name).to_owned(), (*value).to_owned());
    }
    Ok(response)
}

fn decode(action: &str, decoder: &Decoder, response: &HttpResponse) -> Reading {
    let Some(deserializer) = decoder.deserializer() else {
        let why = "the SDK has no deserialiser for this action".to_owned();
        return Reading::Unreadable(Unreadable::body(Why::Other(why)));
    };
    let base = ConfigBag::base();
    let Err(error) = deserializer.deserialize_nonstreaming_with_config(response, &base) else {
        // The output's own accessor reads the same header.
        return Reading::Output { request_id: response.request_id().map(str::to_owned) };
    };
    let body = response.body().bytes().unwrap_or_default();
    // A success that does not decode comes back as an "unhandled" error with the cause inside.
    if response.status().is_success() {
        return Reading::Unreadable(place::in_output(action, body, &chain(&error)));
    }
    let operation_error = error.as_operation_error();
    let cause = operation_error.and_then(std::error::Error::source);
    match operation_error.and_then(|e| (decoder.error)(e)) {
        Some(meta) if !cause.is_some_and(is_decoding) => Reading::Refusal {
            code: meta.code().map(str::to_owned),
            request_id: meta.request_id().map(str::to_owned),
        },
        _ => Reading::Unreadable(place::in_error(body, &chain(&error))),
    }
}

fn is_decoding(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<aws_smithy_xml::decode::XmlDecodeError>()
}

/// The causes of an error, outermost left out: it only says that there was one.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}
