//! Which rule a new trace falls under: that of its route, found in the one attribute that names it.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::span::Attributes;

use crate::sampling::{Plan, Rule};

/// OpenTelemetry semantic conventions, "HTTP spans".
const ROUTE: &str = "http.route";

/// The rule for a span and what it says about its route; a span without a route goes by its name.
pub(super) fn rule<'p>(plan: &'p Plan, attributes: &Attributes<'_>) -> &'p Rule {
    let name = attributes.metadata().name();
    if !plan.asks_route() {
        return plan.rule(name);
    }
    let mut search = Search { plan, found: None };
    attributes.record(&mut search);
    search.found.unwrap_or_else(|| plan.rule(name))
}

struct Search<'p> {
    plan: &'p Plan,
    found: Option<&'p Rule>,
}

impl Visit for Search<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == ROUTE {
            self.found = Some(self.plan.rule(value));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == ROUTE {
            self.found = Some(self.plan.rule(&format!("{value:?}")));
        }
    }
}
