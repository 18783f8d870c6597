//! The RRA Module's names inside `details`, turned into ours without losing anything.

use crate::events::auth::AuthFailureReason;
use crate::json::Json;
use crate::spec::{EventSpec, FieldKind};

/// A name of the RRA Module and what we call the same thing.
struct Alias {
    theirs: &'static str,
    ours: &'static str,
    translate: Translation,
}

/// What happens to the value.
#[derive(Clone, Copy)]
enum Translation {
    None,
    MinutesToSeconds,
}

/// Where the RRA Module (`SecurityLogger`, as of 2025-12) says it differently.
const ALIASES: &[Alias] = &[
    Alias {
        theirs: "transaction_hash",
        ours: "tx_hash",
        translate: Translation::None,
    },
    Alias {
        theirs: "window_minutes",
        ours: "window_seconds",
        translate: Translation::MinutesToSeconds,
    },
];

/// Renames what the RRA Module names differently, where the type has a field of our name and the
/// line does not use it already.
pub(super) fn translate(spec: &EventSpec, details: &mut Vec<(String, Json)>) {
    for alias in ALIASES {
        if spec.field(alias.ours).is_none() {
            continue;
        }
        details.retain(|(key, value)| key != alias.ours || !value.is_absent());
        if details.iter().any(|(key, _)| key == alias.ours) {
            continue;
        }
        if let Some((key, value)) = details.iter_mut().find(|(key, _)| key == alias.theirs)
            && let Some(translated) = alias.translate.apply(value)
        {
            alias.ours.clone_into(key);
            *value = translated;
        }
    }
    keep_free_reason(spec, details);
}

/// The RRA Module gives the reason of a refused login in words. Words that are none of ours move
/// to `reason_detail`, and the reason is `other`.
fn keep_free_reason(spec: &EventSpec, details: &mut Vec<(String, Json)>) {
    let is_auth_failure = spec.field("reason_detail").is_some()
        && matches!(
            spec.field("reason").map(|field| field.kind),
            Some(FieldKind::Enum(_))
        );
    if !is_auth_failure || details.iter().any(|(key, _)| key == "reason_detail") {
        return;
    }
    let Some((_, reason)) = details.iter_mut().find(|(key, _)| key == "reason") else {
        return;
    };
    let is_ours = reason
        .as_str()
        .is_some_and(|text| text.parse::<AuthFailureReason>().is_ok());
    if !is_ours && !reason.is_absent() {
        let words = std::mem::replace(
            reason,
            Json::Text(AuthFailureReason::Other.as_str().to_owned()),
        );
        details.push(("reason_detail".to_owned(), words));
    }
}

impl Translation {
    fn apply(self, value: &Json) -> Option<Json> {
        match self {
            Self::None => Some(value.clone()),
            Self::MinutesToSeconds => value
                .as_u64()?
                .checked_mul(60)
                .map(|seconds| Json::Number(seconds.to_string())),
        }
    }
}
