//! The keys below `traces`.

use toml::de::DeValue;

use super::{Expected, boolean, non_empty, text, texts};
use crate::traces::TracesConfig;

const PROTOCOL: Expected = "\"http/protobuf\" or \"grpc\"";
const RATIO: Expected = "a number from 0 to 1";
const ROUTES: Expected = "a list of routes with shares from 0 to 1, such as [\"/health=0\"]";
const URL: Expected = "a URL in quotes";
const VERSION: Expected = "a version in quotes";

pub(super) fn assign(
    traces: &mut TracesConfig,
    key: &str,
    value: &DeValue<'_>,
) -> Result<(), Expected> {
    match key {
        "traces.endpoint" => traces.set_endpoint(non_empty(text(value, URL)?, URL)?),
        "traces.protocol" => traces.set_grpc(is_grpc(text(value, PROTOCOL)?)?),
        "traces.sampling_ratio" => traces.set_sampling_ratio(ratio(value)?),
        "traces.sampling_routes" => traces.set_sampling_routes(routes(value)?),
        "traces.service_version" => {
            traces.set_service_version(non_empty(text(value, VERSION)?, VERSION)?);
        }
        "traces.install_subscriber" => traces.set_install_subscriber(boolean(value)?),
        _ => unreachable!("{key} is in the table of settings and has no field"),
    }
    Ok(())
}

/// By its name in the OpenTelemetry specification.
fn is_grpc(text: &str) -> Result<bool, Expected> {
    match text {
        "http/protobuf" => Ok(false),
        "grpc" => Ok(true),
        _ => Err(PROTOCOL),
    }
}

fn ratio(value: &DeValue<'_>) -> Result<f64, Expected> {
    match value {
        DeValue::Float(float) => share(float.as_str()),
        DeValue::Integer(integer) => share(integer.as_str()),
        _ => None,
    }
    .ok_or(RATIO)
}

fn routes(value: &DeValue<'_>) -> Result<Vec<(String, f64)>, Expected> {
    let entries = texts(value).map_err(|_| ROUTES)?;
    let route = |entry: &String| {
        // A route may hold an equals sign, a share does not.
        let (route, ratio) = entry.rsplit_once('=')?;
        Some((route.trim().to_owned(), share(ratio.trim())?))
    };
    let routes: Option<Vec<_>> = entries.iter().map(route).collect();
    routes.ok_or(ROUTES)
}

fn share(text: &str) -> Option<f64> {
    let number = text.parse().ok();
    number.filter(|number| (0.0..=1.0).contains(number))
}
