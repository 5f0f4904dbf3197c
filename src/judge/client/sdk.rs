//! Calls the SDK's deserialisers.

use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::interceptors::context::Error as ErasedError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{
    DeserializeResponse as _, SharedResponseDeserializer,
};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_types::request_id::RequestId;

use super::Reading;

/// Reads answers to one action.
pub(super) type Decoder = fn(&HttpResponse) -> Reading;

/// Reads an answer with the decoder of its action.
pub(super) fn read(
    decoder: Decoder,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Reading {
    match response(status, headers, body) {
        Ok(response) => decoder(&response),
        Err(why) => Reading::Unreadable(why),
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

/// Decodes with one operation's deserialiser; `E` is the operation's error type.
pub(super) fn decode<E>(operation: &dyn RuntimePlugin, response: &HttpResponse) -> Reading
where
    E: std::error::Error + ProvideErrorMetadata + RequestId + Send + Sync + 'static,
{
    let config = operation.config();
    let Some(decoder) = config.as_ref().and_then(|c| c.load::<SharedResponseDeserializer>()) else {
        return Reading::Unreadable("the SDK has no deserialiser for this action".to_owned());
    };
    let base = ConfigBag::base();
    match decoder.deserialize_nonstreaming_with_config(response, &base) {
        // The output's own accessor reads the same header.
        Ok(_) => Reading::Output { request_id: response.request_id().map(str::to_owned) },
        Err(error) => refusal::<E>(&error, response),
    }
}

fn refusal<E>(error: &OrchestratorError<ErasedError>, response: &HttpResponse) -> Reading
where
    E: std::error::Error + ProvideErrorMetadata + RequestId + Send + Sync + 'static,
{
    let Some(error) = error.as_operation_error().and_then(|e| e.downcast_ref::<E>()) else {
        return Reading::Unreadable(chain(error));
    };
    // A success that does not decode comes back as an "unhandled" error with the cause inside.
    if response.status().is_success() || std::error::Error::source(error).is_some_and(is_decoding) {
        return Reading::Unreadable(chain(error));
    }
    Reading::Refusal {
        code: error.code().map(str::to_owned),
        request_id: error.request_id().map(str::to_owned),
    }
}

fn is_decoding(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<aws_smithy_xml::decode::XmlDecodeError>()
}

/// The causes of an error, outermost left out: it only says that there was one.
fn chain(error: &dyn std::error::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}
