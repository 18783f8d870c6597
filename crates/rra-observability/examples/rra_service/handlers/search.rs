//! A search that anybody may use, and so the place where hostile input arrives first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use rra_observability::schema::events::attack::{
    AttackType, CommandInjectionBlocked, InjectionBlocked, PathTraversalBlocked,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::input_guard::{self, Attack, Rule};
use crate::refusal::Refusal;
use crate::service::Service;

const PARAMETER: &str = "q";

#[derive(Deserialize)]
pub(super) struct SearchQuery {
    q: String,
}

pub(super) async fn search(
    State(service): State<Arc<Service>>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Value>, Refusal> {
    match input_guard::inspect(&query.q) {
        None => Ok(Json(json!({ "found": [] }))),
        Some(rule) => {
            report(&service, &query.q, rule);
            Err(Refusal::Invalid)
        }
    }
}

fn report(service: &Service, input: &str, rule: &Rule) {
    let injection = |attack_type| {
        let details = InjectionBlocked::new(attack_type).input_preview(input);
        service.emit(details.parameter(PARAMETER).rule(rule.name));
    };
    match rule.attack {
        Attack::Sql => injection(AttackType::Sql),
        Attack::Xss => injection(AttackType::Xss),
        Attack::PathTraversal => {
            let details = PathTraversalBlocked::new(input)
                .parameter(PARAMETER)
                .rule(rule.name);
            service.emit(details);
        }
        Attack::Command => {
            let details = CommandInjectionBlocked::new(input)
                .parameter(PARAMETER)
                .rule(rule.name);
            service.emit(details);
        }
    }
}
