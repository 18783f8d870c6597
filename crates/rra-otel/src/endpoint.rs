//! Where spans are sent: reads the text of an endpoint and says what is wrong with it. Pure; opens
//! no connection.

use ureq::http::Uri;

use crate::config::Protocol;
use crate::error::Error;

/// The path that OTLP/HTTP receivers serve for traces (OTLP specification, "OTLP/HTTP Request").
const TRACES_PATH: &str = "/v1/traces";

/// The full address for a configured endpoint.
pub(crate) fn resolve(endpoint: &str, protocol: Protocol) -> Result<String, Error> {
    let refuse = |reason| {
        Err(Error::Endpoint {
            endpoint: without_credentials(endpoint),
            reason,
        })
    };
    let Ok(uri) = endpoint.trim().parse::<Uri>() else {
        return refuse("write it as http://HOST:PORT");
    };
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => {
            return refuse(
                "TLS is not built in: send to a collector near the service over http://",
            );
        }
        _ => return refuse("it must begin with http://"),
    }
    let Some(authority) = uri.authority() else {
        return refuse("it names no host");
    };
    if authority.as_str().contains('@') {
        return refuse("credentials do not belong into it: put them into a header");
    }
    if uri.query().is_some() {
        return refuse("it must not have a query: put keys into a header");
    }
    let path = uri.path().trim_end_matches('/');
    Ok(match protocol {
        Protocol::Grpc => format!("http://{authority}"),
        Protocol::HttpProtobuf if path.ends_with(TRACES_PATH) => {
            format!("http://{authority}{path}")
        }
        Protocol::HttpProtobuf => format!("http://{authority}{path}{TRACES_PATH}"),
    })
}

/// The endpoint as far as it may be shown: no user information and no query.
pub(crate) fn without_credentials(endpoint: &str) -> String {
    let shown = endpoint.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = shown.split_once("://").unwrap_or(("", shown));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let separator = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{separator}{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endpoint: &str, expected: &str) {
        let result = resolve(endpoint, Protocol::HttpProtobuf);
        let text = result.unwrap_or_else(|error| error.to_string());
        assert!(text.contains(expected), "{endpoint} gave {text}");
    }

    #[test]
    fn a_base_address_gets_the_traces_path() {
        check("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces");
        check("http://collector/otlp/", "http://collector/otlp/v1/traces");
    }

    #[test]
    fn a_full_address_is_kept() {
        let full = "http://collector:4318/v1/traces";
        assert_eq!(resolve(full, Protocol::HttpProtobuf).as_deref(), Ok(full));
    }

    #[test]
    fn grpc_takes_host_and_port_only() {
        let endpoint = resolve("http://collector:4317/ignored", Protocol::Grpc);
        assert_eq!(endpoint.as_deref(), Ok("http://collector:4317"));
    }

    #[test]
    fn an_address_without_scheme_is_refused() {
        check("127.0.0.1:4318", "http://");
        check("collector", "http://");
    }

    #[test]
    fn tls_is_refused_with_a_way_out() {
        check("https://collector:4318", "over http://");
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        let error = resolve("http://me:hunter2@collector", Protocol::HttpProtobuf).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("header"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_key_in_the_query_is_refused_and_not_repeated() {
        let error = resolve("http://collector/?key=hunter2", Protocol::HttpProtobuf).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn an_empty_address_is_refused() {
        check("", "http://HOST:PORT");
    }
}
