//! Which endpoints are AWS's own.

use url::Url;

/// Whether an endpoint is AWS's: HTTPS, and a host below one of AWS's domains.
///
/// The domains are those of AWS's partitions in botocore's `endpoints.json`.
pub(crate) fn is_aws(endpoint: &str) -> bool {
    const DOMAINS: [&str; 5] =
        [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".c2s.ic.gov", ".sc2s.sgov.gov"];
    Url::parse(endpoint).is_ok_and(|url| {
        url.scheme() == "https"
            && url
                .host_str()
                .is_some_and(|host| DOMAINS.iter().any(|domain| host.ends_with(domain)))
    })
}

#[cfg(test)]
mod tests {
    use super::is_aws;

    #[test]
    fn only_aws_is_aws() {
        assert!(is_aws("https://ec2.eu-central-1.amazonaws.com/"));
        assert!(is_aws("https://ec2.cn-north-1.amazonaws.com.cn/"));
        for other in [
            "http://ec2.us-east-1.amazonaws.com/",
            "https://amazonaws.com.example.org/",
            "https://evil-amazonaws.com/",
            "http://127.0.0.1:5555/",
            "not a URL",
        ] {
            assert!(!is_aws(other), "{other}");
        }
    }
}
