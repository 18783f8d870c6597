//! Where spans are sent: reads the text of an endpoint and says what is wrong with it. Pure; opens
//! no connection.

use http::Uri;

use crate::config::{Endpoint, Protocol};
use crate::error::Error;

/// The path that OTLP/HTTP receivers serve for traces (OTLP specification, "OTLP/HTTP Request").
const TRACES_PATH: &str = "/v1/traces";

/// An address that can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) url: String,
    pub(crate) is_encrypted: bool,
}

/// The full address for a configured endpoint.
pub(crate) fn resolve(endpoint: Option<&Endpoint>, protocol: Protocol) -> Result<Address, Error> {
    let Some(endpoint) = endpoint else {
        return Err(Error::NoEndpoint);
    };
    let text = endpoint.as_str().trim();
    read(text, endpoint, protocol).map_err(|reason| Error::Endpoint {
        endpoint: without_credentials(text),
        reason,
    })
}

fn read(text: &str, endpoint: &Endpoint, protocol: Protocol) -> Result<Address, &'static str> {
    const FORM: &str = "write it as http://HOST:PORT or https://HOST:PORT";
    let uri: Uri = text.parse().map_err(|_| FORM)?;
    let Some(scheme @ ("http" | "https")) = uri.scheme_str() else {
        return Err("it must begin with http:// or https://");
    };
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.as_str().contains('@') {
        return Err("credentials do not belong into it: put them into a header");
    }
    // A port that is none is passed over by `http`, and that of the scheme would be taken.
    if authority.as_str() != authority.host() && authority.port().is_none() {
        return Err(FORM);
    }
    if uri.query().is_some() {
        return Err("it must not have a query: put keys into a header");
    }
    let path = match (protocol, endpoint) {
        (Protocol::Grpc, _) => String::new(),
        (Protocol::HttpProtobuf, Endpoint::Traces(_)) => uri.path().to_owned(),
        (Protocol::HttpProtobuf, Endpoint::Base(_)) => traces_path(uri.path()),
    };
    Ok(Address {
        url: format!("{scheme}://{authority}{path}"),
        is_encrypted: scheme == "https",
    })
}

/// The path below a base address. One that names it already is what people paste, so it stays.
fn traces_path(base: &str) -> String {
    let base = base.trim_end_matches('/');
    if base.ends_with(TRACES_PATH) {
        base.to_owned()
    } else {
        format!("{base}{TRACES_PATH}")
    }
}

/// The endpoint as far as it may be shown: no user information and no query.
pub(crate) fn without_credentials(endpoint: &str) -> String {
    let parts = endpoint.split_once("://");
    let is_plain = |scheme: &str| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // What no scheme may hold is a piece of a password.
    let scheme = parts.filter(|(scheme, _)| is_plain(scheme));
    let (scheme, rest) = endpoint.split_at(scheme.map_or(0, |(scheme, _)| scheme.len() + 3));
    let query = rest.find(['?', '#']).unwrap_or(rest.len());
    let shown = match rest.rfind('@') {
        // A password with a question mark, or a query with an @: nobody can tell.
        Some(at) if at > query => "",
        Some(at) => &rest[at + 1..query],
        None => &rest[..query],
    };
    format!("{scheme}{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(endpoint: &str) -> Result<Address, Error> {
        let endpoint = Endpoint::Base(endpoint.to_owned());
        resolve(Some(&endpoint), Protocol::HttpProtobuf)
    }

    fn check(endpoint: &str, expected: &str) {
        let result = base(endpoint).map(|address| address.url);
        let text = result.unwrap_or_else(|error| error.to_string());
        assert!(text.contains(expected), "{endpoint} gave {text}");
    }

    #[test]
    fn a_base_address_gets_the_traces_path() {
        check("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces");
        check("http://collector/otlp/", "http://collector/otlp/v1/traces");
        check("https://[::1]:4318", "https://[::1]:4318/v1/traces");
    }

    #[test]
    fn a_base_address_with_the_traces_path_is_kept() {
        let full = "http://collector:4318/v1/traces";
        assert_eq!(base(full).map(|address| address.url).as_deref(), Ok(full));
    }

    #[test]
    fn an_address_for_traces_is_taken_as_it_is() {
        let endpoint = Endpoint::Traces("http://collector:4318/otlp".to_owned());
        let address = resolve(Some(&endpoint), Protocol::HttpProtobuf);
        let url = address.map(|address| address.url);
        assert_eq!(url.as_deref(), Ok("http://collector:4318/otlp"));
    }

    #[test]
    fn grpc_takes_host_and_port_only() {
        let endpoint = Endpoint::Base("http://collector:4317/ignored".to_owned());
        let address = resolve(Some(&endpoint), Protocol::Grpc);
        let url = address.map(|address| address.url);
        assert_eq!(url.as_deref(), Ok("http://collector:4317"));
    }

    #[test]
    fn only_https_is_encrypted() {
        let is_encrypted = |endpoint| base(endpoint).map(|address| address.is_encrypted);
        assert_eq!(is_encrypted("https://collector"), Ok(true));
        assert_eq!(is_encrypted("http://collector"), Ok(false));
    }

    #[test]
    fn an_address_without_scheme_is_refused() {
        check("127.0.0.1:4318", "http://");
        check("collector", "http://");
    }

    #[test]
    fn a_port_that_none_can_have_is_refused() {
        check("http://collector:65536", "http://HOST:PORT");
        check("http://[::1]:99999/v1/traces", "http://HOST:PORT");
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        let message = base("http://me:hunter2@collector").unwrap_err().to_string();
        assert!(message.contains("header"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_password_that_no_url_could_hold_is_not_repeated_either() {
        for password in ["hun/ter2", "hun?ter2", "hun#ter2", "hun@ter2", "hun://ter2"] {
            let error = base(&format!("http://me:{password}@collector")).unwrap_err();
            let message = error.to_string();
            assert!(
                !message.contains("hun") && !message.contains("ter2"),
                "{message}"
            );
        }
        check("me:hun://ter2@collector", "\"collector\"");
    }

    #[test]
    fn a_key_in_the_query_is_refused_and_not_repeated() {
        for key in ["hunter2", "a@hunter2"] {
            let error = base(&format!("http://collector/?key={key}")).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_empty_address_is_refused() {
        check("", "http://HOST:PORT");
    }
}
