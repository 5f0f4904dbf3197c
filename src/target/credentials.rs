//! Credentials and region, found as AWS's own tools find them.

use std::path::PathBuf;

use aws_config::BehaviorVersion;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;

use super::settings::{Origin, Said, Saying};

/// Who is asking, and for which region.
#[derive(Debug)]
pub struct Access {
    /// The credentials.
    pub credentials: Credentials,
    /// The region that requests are signed for.
    pub region: String,
}

/// Why there are no credentials, or no region.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Nothing in the chain has credentials.
    #[error(
        "no credentials were found: {0}\n  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name \
         a profile of ~/.aws/credentials with --profile"
    )]
    Credentials(String),
    /// No region is known.
    #[error(
        "no region is known\n  give --region NAME, set AWS_REGION, or put one into the profile"
    )]
    Region,
}

/// What AWS's own configuration says of the endpoint of EC2 and of certificate authorities: its
/// variables, then the profile.
pub(super) async fn of_aws(
    profile: Option<&str>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Saying {
    // With a region the SDK need not look for one, which it does on the network in the end.
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client())
        .region(Region::new("none"));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    let said = |names: &[&str], service: &str, variable_name: &str, key: &str| {
        let key =
            ServiceConfigKey::builder().service_id(service).env(variable_name).profile(key).build();
        let value = config.service_config()?.load_config(key.ok()?)?;
        let named = names.iter().find(|name| variable(name).as_deref() == Some(value.as_str()));
        let origin = match named {
            Some(name) => Origin::Variable((*name).to_owned()),
            None => Origin::Aws("AWS's profile".to_owned()),
        };
        Some(Said { value, origin }).filter(|said| !said.value.is_empty())
    };
    Saying {
        endpoint: said(
            &["AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"],
            "EC2",
            "AWS_ENDPOINT_URL",
            "endpoint_url",
        ),
        ca: said(&["AWS_CA_BUNDLE"], "EC2", "AWS_CA_BUNDLE", "ca_bundle")
            .map(|said| said.map(PathBuf::from)),
        ..Saying::default()
    }
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}

/// Finds credentials and region in flags, environment, profiles, and so on, as AWS documents for
/// its SDKs ("Standardized credential providers").
///
/// # Errors
/// None are found, or a source of them fails; says which.
pub async fn find_access(
    profile: Option<&str>,
    region: Option<&str>,
) -> Result<Access, AccessError> {
    let http = http_client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(profile) = profile {
        // Set as the source, too: else credentials in the environment would go before a profile that
        // was asked for, and cases would run on another account than the one named.
        let provider = ProviderConfig::without_region()
            .with_http_client(http.clone())
            .with_region(region.map(|region| Region::new(region.to_owned())));
        let source = ProfileFileCredentialsProvider::builder()
            .profile_name(profile)
            .configure(&provider)
            .build();
        loader = loader.profile_name(profile).credentials_provider(source);
    }
    if let Some(region) = region {
        loader = loader.region(Region::new(region.to_owned()));
    }
    let config = loader.load().await;
    let region = config.region().ok_or(AccessError::Region)?.to_string();
    let provider = config
        .credentials_provider()
        .ok_or_else(|| AccessError::Credentials("no source of credentials is configured".into()))?;
    let credentials = provider.provide_credentials().await.map_err(|error| {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        // "Not enabled", says the SDK of a profile that is in no file.
        let profile = profile.map(|p| format!("profile `{p}`: ")).unwrap_or_default();
        AccessError::Credentials(format!("{profile}{text}"))
    })?;
    Ok(Access { credentials, region })
}
