//! Where something is sent.

use url::{Host, Url};

use crate::wire::{ClientError, parse_endpoint};

/// Where a server's interface begins, for instance `https://refstack.example/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a server: {1}; write for instance https://results.example/api")]
pub struct NoAddress(String, String);

impl Address {
    /// Reads an address: HTTP, a host, a path, and nothing else.
    ///
    /// # Errors
    /// It is none. The error shows no password.
    pub fn parse(text: &str) -> Result<Address, NoAddress> {
        parse_endpoint(text).map(Address).map_err(|error| match error {
            ClientError::Endpoint(shown, why) => NoAddress(shown, why),
            other => NoAddress("it".to_owned(), other.to_string()),
        })
    }

    /// The same without an end that belongs to single requests: people copy it from examples.
    pub fn without(mut self, ends: &[&str]) -> Address {
        let path = self.0.path().trim_end_matches('/').to_owned();
        let end = ends.iter().find_map(|end| path.strip_suffix(end));
        self.0.set_path(end.unwrap_or(&path));
        self
    }

    /// The URL of something below it.
    pub fn below(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(p, q)| (p, Some(q)));
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    /// The host, with the port if it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether what is sent there stays on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }

    /// Whether nobody on the way can read what is sent.
    pub fn is_private(&self) -> bool {
        self.0.scheme() == "https" || self.is_loopback()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text)
    }

    #[test]
    fn what_lies_below() {
        for text in
            ["https://r.example/api", "https://r.example/api/", "https://r.example/api/v1/results/"]
        {
            let address = address(text).without(&["/v1/results", "/v1"]);
            assert_eq!(address.to_string(), "https://r.example/api", "{text}");
            assert_eq!(address.below("/v1/results/").as_str(), "https://r.example/api/v1/results/");
        }
        let bare = address("http://127.0.0.1:8000");
        assert_eq!(
            bare.below("/v1/x?target=compute").as_str(),
            "http://127.0.0.1:8000/v1/x?target=compute"
        );
        assert_eq!(
            (bare.to_string(), bare.host()),
            ("http://127.0.0.1:8000".into(), "127.0.0.1:8000".into())
        );
    }

    #[test]
    fn what_stays_on_this_machine() {
        for here in [
            "http://127.0.0.1:1/",
            "http://127.9.9.9/",
            "http://[::1]/",
            "http://localhost/",
            "http://LocalHost:1",
        ] {
            assert!(address(here).is_loopback(), "{here}");
        }
        for elsewhere in [
            "http://127.0.0.1.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "https://[::2]/",
        ] {
            assert!(!address(elsewhere).is_loopback(), "{elsewhere}");
        }
        assert!(
            address("https://a.example").is_private() && !address("http://a.example").is_private()
        );
    }

    #[test]
    fn a_password_is_not_shown() {
        let error =
            Address::parse("https://me:hunter2@r.example/").expect_err("a password").to_string();
        assert!(error.contains("must not carry") && !error.contains("hunter2"), "{error}");
    }
}
