//! The request that rra-http says this thread is working on.

use rra_http::RequestContext;
use rra_schema::{AgentId, RequestFacts, RequestId, UserId};

use super::Surroundings;

pub(super) fn with_request<T>(work: impl FnOnce(Surroundings<'_>) -> T) -> T {
    RequestContext::with_current(|context| work(context.map(surroundings).unwrap_or_default()))
}

fn surroundings(context: &RequestContext) -> Surroundings<'_> {
    Surroundings {
        request: RequestFacts {
            source_ip: context.client_address(),
            user_id: context.user_id().and_then(UserId::lossy),
            agent_id: context.agent_id().and_then(AgentId::lossy),
            request_id: RequestId::lossy(context.request_id().as_str()),
        },
        trace: context.trace(),
    }
}
